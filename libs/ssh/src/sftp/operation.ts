/** What an SFTP client does, in words a policy and an audit can use. */

/** Attributes a client sets; absent ones stay as they are. */
export interface SftpAttributes {
  readonly sizeBytes?: bigint;
  readonly uid?: number;
  readonly gid?: number;
  readonly permissions?: number;
  /** Seconds since 1970. */
  readonly accessTime?: number;
  readonly modifyTime?: number;
}

/** One request that names files. Paths are as the client sent them, decoded as UTF-8. */
export type SftpOperation =
  | {
      readonly kind: 'open';
      readonly path: string;
      readonly reads: boolean;
      readonly writes: boolean;
      readonly appends: boolean;
      readonly creates: boolean;
      readonly truncates: boolean;
      readonly isExclusive: boolean;
    }
  | { readonly kind: 'list' | 'remove' | 'rmdir' | 'fsync'; readonly path: string }
  | { readonly kind: 'mkdir'; readonly path: string; readonly attributes: SftpAttributes }
  /** `replaces`: an existing target goes (posix-rename). */
  | { readonly kind: 'rename'; readonly path: string; readonly newPath: string; readonly replaces: boolean }
  /** `path` is the link, `target` what it says; in OpenSSH's order of arguments, which is not the draft's. */
  | { readonly kind: 'symlink'; readonly path: string; readonly target: string }
  | { readonly kind: 'hardlink'; readonly path: string; readonly newPath: string }
  | { readonly kind: 'setstat'; readonly path: string; readonly attributes: SftpAttributes; readonly followsLinks: boolean }
  /** copy-data: on the server, without passing here. 0 bytes: to the end. */
  | { readonly kind: 'copy'; readonly path: string; readonly newPath: string; readonly bytes: bigint }
  | {
      readonly kind: 'inspect';
      readonly request: 'stat' | 'lstat' | 'readlink' | 'realpath' | 'statvfs' | 'expand-path';
      readonly path: string;
    }
  /** An extension that is not known here; it is passed on as it is. */
  | { readonly kind: 'extended'; readonly name: string };

/** How an operation ended: 0 is success; other codes are the server's, or ours where `isOurs`. */
export interface SftpOutcome {
  readonly status: number;
  readonly message: string;
  readonly isOurs: boolean;
}

/** What is told. Operations are told with their outcome, never before it is known. */
export type SftpFact =
  | { readonly kind: 'operation'; readonly operation: SftpOperation; readonly outcome: SftpOutcome }
  /** A file was closed, or the session ended with it open (`isClosed` false). Hashes are absent where bytes did not come in order from 0. */
  | {
      readonly kind: 'transfer';
      readonly path: string;
      readonly readBytes: bigint;
      readonly writtenBytes: bigint;
      readonly readSha256: string | undefined;
      readonly writtenSha256: string | undefined;
      readonly isClosed: boolean;
    }
  /** From here on nothing is known: the stream is not SFTP version 3, or more is under way than can be followed. */
  | { readonly kind: 'untracked'; readonly reason: string };
