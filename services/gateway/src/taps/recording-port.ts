import type { FrameKind, SessionMeta } from '@sallyport/recording-format';

/** What a session's taps write into; src/recording implements it. */
export interface SessionRecording {
  /** Takes one frame and gives its number; never blocks. */
  append(channel: number, kind: FrameKind, payload: Buffer): bigint;
  /** Whether there is room for more. While there is none, no credit is given to whoever sends. */
  hasRoom(): boolean;
  whenRoom(): Promise<void>;
  /** Calls when a strict session can be recorded no longer. */
  onUnrecordable(call: (why: string) => void): void;
  /** Resolves when all frames are handed over or spooled. */
  close(): Promise<{ lastSeq: bigint }>;
}

/** Opens recordings. */
export interface RecordingOpener {
  open(meta: SessionMeta, mode: 'strict' | 'best-effort'): SessionRecording;
}
