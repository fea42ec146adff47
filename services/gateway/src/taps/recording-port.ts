import type { FrameKind, SessionMeta } from '@sallyport/recording-format';

/** The recording that the taps of a session write into. src/recording implements it. */
export interface SessionRecording {
  /** Appends one frame and returns its number. Never blocks. */
  append(channel: number, kind: FrameKind, payload: Buffer): bigint;
  /** Returns true if the recording has room for more. While it has none, the sender gets no window credit. */
  hasRoom(): boolean;
  whenRoom(): Promise<void>;
  /** Registers a callback for the moment from which a strict session can no longer be recorded. */
  onUnrecordable(call: (why: string) => void): void;
  /** Resolves when all frames are acknowledged or spooled. */
  close(): Promise<{ lastSeq: bigint }>;
}

/** Opens recordings. */
export interface RecordingOpener {
  open(meta: SessionMeta, mode: 'strict' | 'best-effort'): SessionRecording;
}
