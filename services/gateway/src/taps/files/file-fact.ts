/** An operation on a file. */
export type FileOp =
  | 'upload'
  | 'download'
  | 'rename'
  | 'remove'
  | 'mkdir'
  | 'rmdir'
  | 'symlink'
  | 'link'
  | 'setstat'
  | 'copy'
  | 'push'
  | 'fetch'
  | 'create-ref'
  | 'update-ref'
  | 'delete-ref';

/** One file operation. Reported once, when its outcome is known. */
export interface FileFact {
  /** UUID version 7. */
  readonly id: string;
  readonly protocol: 'sftp' | 'scp' | 'rsync' | 'git';
  readonly op: FileOp;
  /** Path as the client sent it; invalid UTF-8 is replaced. For a link, the new name. */
  readonly path: string;
  /** Target of a rename, copy or link. */
  readonly newPath?: string;
  /** scp only: the file's name at its sender, if `path` may be its directory. */
  readonly sourceName?: string;
  /** Content bytes of a transfer; for rsync and git, bytes of the stream. */
  readonly bytes?: number;
  /** SHA-256 in hex of the content (for rsync, of the stream), if all of it passed in order from start to end. */
  readonly sha256?: string;
  /** Bytes of the content that the recording has. Absent where content is not kept. */
  readonly keptBytes?: number;
  /** True for a transfer whose whole content is not known: ranges, another order, an end in the middle. */
  readonly isPartial?: boolean;
  /** True if the asset reported success. */
  readonly ok: boolean;
  /** Error message of the asset. */
  readonly error?: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

/** Looks into the bytes of one channel for file operations. Its methods return at once and never throw. */
export interface FileTap {
  /** Takes bytes from the user, in order. */
  input(data: Buffer): void;
  /** Takes bytes of the asset's standard output, in order. */
  output(data: Buffer): void;
  /** Reports the operations that are not finished: the channel has closed. `exitStatus` is the program's, if it was sent. */
  close(exitStatus?: number): void;
}

/** Returns why a program failed; undefined if it did not. */
export const outcome = (exitStatus: number | undefined): string | undefined => {
  if (exitStatus === undefined) return 'the channel closed before its program ended';
  return exitStatus === 0 ? undefined : `exit status ${exitStatus}`;
};

/** Longest path or message to keep, in bytes. */
const TEXT_LIMIT = 4096;
export const asText = (bytes: Buffer): string => bytes.subarray(0, TEXT_LIMIT).toString('utf8').replaceAll('\0', '');
