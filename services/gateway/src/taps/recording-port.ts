import type { FrameKind, SessionMeta } from '@sallyport/recording-format';

/** An end of a recording: the number of a frame and its link in the hash chain over the frames. */
export interface RecordingEnd {
  readonly lastSeq: bigint;
  readonly link: Buffer;
}

/** The recording that the taps of a session write into. src/recording implements it. */
export interface SessionRecording {
  /** Appends one frame, or bytes of a stream. Never blocks. */
  append(channel: number, kind: FrameKind, payload: Buffer): void;
  /** Returns true if the recording has room for more. While it has none, the sender gets no window credit. */
  hasRoom(): boolean;
  whenRoom(): Promise<void>;
  /** Registers a callback for the moment from which a strict session can no longer be recorded. */
  onUnrecordable(call: (why: string) => void): void;
  /** Ends a strict session: something of it could not be recorded. */
  cannotRecord(why: string): void;
  /** Resolves when all frames are acknowledged or spooled. */
  close(): Promise<RecordingEnd>;
  /** Returns the last frame that a recorder has stored; undefined for none. */
  stored(): RecordingEnd | undefined;
}

/** Opens recordings. */
export interface RecordingOpener {
  open(meta: SessionMeta, mode: 'strict' | 'best-effort'): SessionRecording;
}
