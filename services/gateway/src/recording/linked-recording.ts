import type { Ack, IngestRequest, Rejection } from '@sallyport/proto-gen/recording/v1/ingest';
import type { SessionMeta } from '@sallyport/recording-format';

/** A recording as the stream to the recorder needs it: a running session, or one that a dead gateway left on disk. */
export interface LinkedRecording {
  readonly meta: SessionMeta;
  /** Returns the next message for the current stream; undefined if there is none now. */
  next(): Promise<IngestRequest | undefined>;
  acked(ack: Ack): void;
  refused(rejection: Rejection): Promise<void>;
  /** Prepares for a new stream, on which everything is sent again. */
  restart(): void;
  /** Checks time limits. */
  tick(): void;
  /** Writes everything that is not safe elsewhere to disk. */
  spoolAll(): Promise<void>;
  /** True if the link may forget the recording. */
  readonly isFinished: boolean;
  readonly unackedBytes: number;
  /** Time (Clock.monotonic) since which a running session has something to store and no recorder has stored any; undefined if it has none. */
  readonly waitingSince: number | undefined;
}
