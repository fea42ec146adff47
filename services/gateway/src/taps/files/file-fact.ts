/** What was done to a file. */
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

/** One file operation, told of once, when its outcome is known. */
export interface FileFact {
  /** UUID version 7, given once. */
  readonly id: string;
  readonly protocol: 'sftp' | 'scp' | 'rsync' | 'git';
  readonly op: FileOp;
  /** As the client named it; invalid UTF-8 is replaced. For a link, the new name. */
  readonly path: string;
  /** Where a rename or copy goes, what a link points to. */
  readonly newPath?: string;
  /** scp only: the file's name at its sender, when `path` may be the folder it went to. */
  readonly sourceName?: string;
  /** Content bytes moved, of transfers; of rsync and git, bytes of the stream. */
  readonly bytes?: number;
  /** SHA-256 in hex of the content (of rsync, of the stream), when all of it was moved, from start to end in order. */
  readonly sha256?: string;
  /** A transfer whose content is not known whole: ranges, another order, an end in the middle. */
  readonly isPartial?: boolean;
  /** Whether the asset said it worked. */
  readonly ok: boolean;
  /** What it said otherwise. */
  readonly error?: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

/** Looks into one channel's bytes for file operations. Its methods return at once and never throw. */
export interface FileTap {
  /** Bytes from the user, in order. */
  input(data: Buffer): void;
  /** Bytes from the asset's standard output, in order. */
  output(data: Buffer): void;
  /** The channel is closed, its program ended with `exitStatus` if it said so: tells of what was not finished. */
  close(exitStatus?: number): void;
}

/** Why a program's work failed; undefined when it did not. */
export const outcome = (exitStatus: number | undefined): string | undefined => {
  if (exitStatus === undefined) return 'the channel closed before its program ended';
  return exitStatus === 0 ? undefined : `exit status ${exitStatus}`;
};

/** Longest path and message kept. */
const TEXT_LIMIT = 4096;
export const asText = (bytes: Buffer): string => bytes.subarray(0, TEXT_LIMIT).toString('utf8').replaceAll('\0', '');
