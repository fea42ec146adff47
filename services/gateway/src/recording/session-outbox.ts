import type { Ack, IngestRequest } from '@sallyport/proto-gen/recording/v1/ingest';
import { encodePayload, FrameKind, type SessionMeta } from '@sallyport/recording-format';
import type { FrameBacklog } from './frame-backlog.js';
import type { FrameRun } from './frame-run.js';
import type { UnpublishedCommands } from './unpublished-commands.js';

/**
 * What one session has to say on the current stream. On every new stream it begins anew:
 * unopened → opening (until the recorder tells its positions) → resending (commands that are durable, but maybe not published; in order) → sending → closed.
 */
export class SessionOutbox {
  private phase: 'unopened' | 'opening' | 'resending' | 'sending' | 'closed' = 'unopened';
  private epoch = 0;
  private sentSeq = 0n;
  private resentSeq = 0n;
  private closeSent = false;
  /** Set when the session is over: the number of its last frame. */
  closeAt: bigint | undefined;

  constructor(
    private readonly meta: SessionMeta,
    private readonly backlog: FrameBacklog,
    private readonly commands: UnpublishedCommands,
  ) {}

  /** The recorder said that nothing more is expected. */
  get isClosed(): boolean {
    return this.phase === 'closed';
  }

  /** The stream broke: everything is said again on the next. */
  restart(): void {
    this.epoch++;
    this.closeSent = false;
    if (this.phase !== 'closed' || !this.commands.isEmpty) this.phase = 'unopened';
  }

  /** The next message for this stream; undefined when there is nothing to say now. */
  async next(): Promise<IngestRequest | undefined> {
    const { epoch } = this;
    const message = await this.compose();
    // The stream that this was for is gone.
    return epoch === this.epoch ? message : undefined;
  }

  /** The recorder told its positions. */
  acked(ack: Ack): void {
    if (this.phase === 'opening') {
      this.phase = 'resending';
      this.resentSeq = 0n;
      this.sentSeq = max(ack.durableSeq, this.backlog.durableSeq);
    }
    if (ack.closed && this.closeSent) this.phase = 'closed';
  }

  private async compose(): Promise<IngestRequest | undefined> {
    switch (this.phase) {
      case 'unopened':
        this.phase = 'opening';
        return {
          message: {
            $case: 'open',
            value: { sessionId: this.meta.session_id, meta: Buffer.from(encodePayload(FrameKind.session, this.meta)) },
          },
        };
      case 'resending':
        return (await this.resend()) ?? this.compose();
      case 'sending':
        return this.send();
      case 'opening':
      case 'closed':
        return undefined;
    }
  }

  /** Commands up to where the frames begin; their frames are stored, so the recorder only publishes them. */
  private async resend(): Promise<IngestRequest | undefined> {
    const run = await this.commands.next(this.resentSeq);
    if (run !== undefined && run.firstSeq <= this.sentSeq) {
      this.resentSeq = run.lastSeq;
      return this.batch(run);
    }
    if (this.phase === 'resending') this.phase = 'sending';
    return undefined;
  }

  private async send(): Promise<IngestRequest | undefined> {
    const { epoch } = this;
    const run = await this.backlog.run(this.sentSeq + 1n);
    if (epoch !== this.epoch) return undefined;
    if (run !== undefined) {
      this.sentSeq = run.lastSeq;
      return this.batch(run);
    }
    if (this.closeAt === undefined || this.closeSent) return undefined;
    this.closeSent = true;
    return { message: { $case: 'close', value: { sessionId: this.meta.session_id, lastSeq: this.closeAt } } };
  }

  private batch(run: FrameRun): IngestRequest {
    return { message: { $case: 'batch', value: { sessionId: this.meta.session_id, firstSeq: run.firstSeq, frames: run.bytes } } };
  }
}

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
