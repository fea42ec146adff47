import { flag, object, oneOf, sha256Hex, text, whole } from './shape.js';

/** A command that somebody ran. The channel is its frame's. */
export interface CommandFact {
  /** uuid v7, given once; however often it is published, it stays the same. */
  readonly id: string;
  /** Typed at a terminal, given as an exec request, or read by a shell or interpreter from the input of a channel without a terminal. */
  readonly kind: 'typed' | 'exec' | 'piped';
  /** The line as it stood when it was sent. */
  readonly input: string;
  /** Beginning of what it printed, at most 16 KiB. */
  readonly output: string;
  /** Whether it printed more than `output` has. Absent where that is not known. */
  readonly output_truncated?: boolean;
  /** Bytes it printed in all, as far as it was followed. Absent where that is not known. */
  readonly output_bytes?: number;
  readonly risk_level: 'accept' | 'warning' | 'reject';
  /** Microseconds since the session began. */
  readonly started_us: number;
  readonly ended_us: number;
}

/**
 * A file operation (sftp, scp, rsync, git). The recorder publishes each as a command of kind FILE with the input `<protocol> <op> <path>`,
 * so no command frame is written beside it. The channel is its frame's.
 */
export interface FileFact {
  /** uuid v7, given once. */
  readonly id: string;
  /** "sftp", "scp", "rsync", "git". */
  readonly protocol: string;
  /** "upload", "download", "remove", "rename", "mkdir", "rmdir", "symlink", "setstat", … */
  readonly op: string;
  readonly path: string;
  /** Where a rename or link goes. */
  readonly new_path?: string;
  /** Content bytes moved. */
  readonly bytes?: number;
  /** SHA-256 of what was moved, where it was moved from start to end in order. */
  readonly sha256?: string;
  /** Whether the asset said it worked. */
  readonly ok: boolean;
  /** What the asset answered otherwise. */
  readonly error?: string;
  readonly started_us: number;
  readonly ended_us: number;
}

/** Bytes that were there and are not in the recording. */
export interface GapFact {
  readonly bytes: number;
  /** SHA-256 over them, in order. Absent where they may be a secret that a hash would let people guess, or were too many to be worth it. */
  readonly sha256?: string;
  /** "size-limit", "spool-full", "bulk", … */
  readonly why: string;
  /** Which stream of the channel, where it was one. */
  readonly stream?: string;
  /** Frames that were not written, where whole frames were dropped. */
  readonly frames?: number;
}

const span = { started_us: whole(), ended_us: whole() };

export const commandFactShape = object(
  {
    id: text(128, 1),
    kind: oneOf('typed', 'exec', 'piped'),
    input: text(512 * 1024),
    output: text(64 * 1024),
    risk_level: oneOf('accept', 'warning', 'reject'),
    ...span,
  },
  { output_truncated: flag, output_bytes: whole() },
);

export const fileFactShape = object(
  { id: text(128, 1), protocol: text(32, 1), op: text(64, 1), path: text(64 * 1024), ok: flag, ...span },
  { new_path: text(64 * 1024), bytes: whole(), sha256: sha256Hex, error: text(4096) },
);

export const gapFactShape = object({ bytes: whole(), why: text(256, 1) }, { sha256: sha256Hex, stream: text(32), frames: whole() });
