import type { Ack, IngestRequest, Rejection } from '@sallyport/proto-gen/recording/v1/ingest';
import type { SessionMeta } from '@sallyport/recording-format';

/** A recording as the stream to the recorder sees it: a running session, or one that a dead gateway left on disk. */
export interface LinkedRecording {
  readonly meta: SessionMeta;
  /** The next message for the current stream; undefined when there is nothing to say now. */
  next(): Promise<IngestRequest | undefined>;
  acked(ack: Ack): void;
  refused(rejection: Rejection): Promise<void>;
  /** The stream broke; everything is said again on the next. */
  restart(): void;
  /** Time passed. */
  tick(): void;
  /** Everything that is not safe elsewhere goes to disk. */
  spoolAll(): Promise<void>;
  /** Nothing of it is needed any more. */
  readonly isFinished: boolean;
  readonly unackedBytes: number;
}
