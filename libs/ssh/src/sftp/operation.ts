/** The operations of an SFTP client, in a form for policies and audits. */

/** Attributes that a client sets; absent ones stay unchanged. */
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
  /** `replaces`: an existing target is replaced (posix-rename). */
  | { readonly kind: 'rename'; readonly path: string; readonly newPath: string; readonly replaces: boolean }
  /** `path` is the link, `target` its content; OpenSSH's order of arguments, which differs from the draft's. */
  | { readonly kind: 'symlink'; readonly path: string; readonly target: string }
  | { readonly kind: 'hardlink'; readonly path: string; readonly newPath: string }
  | { readonly kind: 'setstat'; readonly path: string; readonly attributes: SftpAttributes; readonly followsLinks: boolean }
  /** copy-data: the server copies, without a transfer. 0 bytes: up to the end. */
  | { readonly kind: 'copy'; readonly path: string; readonly newPath: string; readonly bytes: bigint }
  | {
      readonly kind: 'inspect';
      readonly request: 'stat' | 'lstat' | 'readlink' | 'realpath' | 'statvfs' | 'expand-path';
      readonly path: string;
    }
  /** An unknown extension, which is forwarded unchanged. */
  | { readonly kind: 'extended'; readonly name: string };

/** The result of an operation. `status` is 0 for success; other codes come from the server, or from the filter. */
export interface SftpOutcome {
  readonly status: number;
  readonly message: string;
  readonly isFromFilter: boolean;
}

/** An event of an SFTP session. An operation is reported after its outcome is known. */
export type SftpEvent =
  | { readonly kind: 'operation'; readonly operation: SftpOperation; readonly outcome: SftpOutcome }
  /**
   * A file was closed, or was open at the end of the session (`isClosed` false). A hash is undefined if bytes did not come in order from 0.
   */
  | {
      readonly kind: 'transfer';
      readonly path: string;
      readonly readBytes: bigint;
      readonly writtenBytes: bigint;
      readonly readSha256: string | undefined;
      readonly writtenSha256: string | undefined;
      readonly isClosed: boolean;
    }
  /** Nothing is tracked from here on: the stream is not SFTP version 3, or too many requests are pending. */
  | { readonly kind: 'untracked'; readonly reason: string }
  /** A packet was malformed, or longer than its content. Its length shows where the next one begins, and tracking goes on there. */
  | { readonly kind: 'malformed'; readonly reason: string };
