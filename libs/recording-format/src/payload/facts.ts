import { flag, object, oneOf, sha256Hex, text, whole } from './shape.js';

const span = { started_us: whole(), ended_us: whole() };

/** A command, as its frame carries it. The channel is the frame's. A field that a later version adds is optional: old recordings lack it. */
export const commandFactShape = object(
  {
    /** UUID version 7. The same however often the command is published. */
    id: text(128, 1),
    /**
     * `typed` at a terminal; sent as an `exec` request; `piped`: input of a channel without a terminal, or with one that was requested without echo.
     * `program`: typed at a terminal for a program that is not a shell.
     */
    kind: oneOf('typed', 'exec', 'piped', 'program'),
    /** The line as it stood when it was sent; several lines when they are one command (here-document, loop). */
    input: text(512 * 1024),
    /** Beginning of the output, at most 16 KiB. */
    output: text(64 * 1024),
    risk_level: oneOf('accept', 'warning', 'reject'),
    /** Microseconds since the session began. */
    ...span,
  },
  {
    /** True if the command printed more than `output` holds. Absent if that is not known. */
    output_truncated: flag,
    /** Bytes that the command printed in all, as far as they were followed. Absent if that is not known. */
    output_bytes: whole(),
    /**
     * Certainty of the line. `seen`: it stood on the screen and was sent, or is an exec request. `piped`: a program could read it, and may have done otherwise with
     * it than a shell. `inferred`: it stood on the screen, but its text may be incomplete, or it may not have run. `missed`: not a command; the input names a span
     * in which commands were not looked for, and why. Absent in old recordings.
     */
    certainty: oneOf('seen', 'piped', 'inferred', 'missed'),
    /** Of kind `program`, the name of the program that read the line: of the command that was started last. Absent if it is unknown. */
    program: text(256, 1),
  },
);

/** A command, as its frame carries it. */
export type CommandFact = Readonly<ReturnType<typeof commandFactShape>>;

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
  /** Target of a rename or link. */
  readonly new_path?: string;
  /** Content bytes moved; of rsync and git, bytes of the stream. */
  readonly bytes?: number;
  /** SHA-256 of what was moved, where it was moved from start to end in order; of rsync, of the stream. */
  readonly sha256?: string;
  /** Bytes of the content that the recording has, in fileContent frames of this id. Absent where content is not kept. */
  readonly kept_bytes?: number;
  /** True if the asset reported success. */
  readonly ok: boolean;
  /** Error message of the asset. */
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
  /** Stream of the channel, if it was one. */
  readonly stream?: string;
  /** True if sealed frames have the bytes. */
  readonly sealed?: boolean;
  /** Typed lines that the bytes are, where they were typed without an echo. */
  readonly lines?: number;
  /** Frames that were not written, where whole frames were dropped. */
  readonly frames?: number;
}

export const fileFactShape = object(
  { id: text(128, 1), protocol: text(32, 1), op: text(64, 1), path: text(64 * 1024), ok: flag, ...span },
  { new_path: text(64 * 1024), bytes: whole(), sha256: sha256Hex, kept_bytes: whole(), error: text(4096) },
);

export const gapFactShape = object(
  { bytes: whole(), why: text(256, 1) },
  { sha256: sha256Hex, stream: text(32), sealed: flag, lines: whole(), frames: whole() },
);
