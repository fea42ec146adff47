import type { Ack, IngestRequest } from '@sallyport/proto-gen/recording/v1/ingest';
import { encodePayload, FrameKind, type SessionMeta } from '@sallyport/recording-format';
import type { FrameBacklog } from './frame-backlog.js';
import type { FrameRun } from './frame-run.js';
import type { UnpublishedCommands } from './unpublished-commands.js';

/**
 * The messages of one session on the current stream. On every new stream it begins again:
 * unopened → opening (until the recorder sends its positions) → resending (commands that are durable, but maybe not published; in order) → sending → closed.
 */
export class SessionOutbox {
  private phase: 'unopened' | 'opening' | 'resending' | 'sending' | 'closed' = 'unopened';
  private epoch = 0;
  private sentSeq = 0n;
  private resentSeq = 0n;
  private closeSent = false;
  /** Number of the last frame; set when the session has ended. */
  closeAt: bigint | undefined;
  /** Link of that frame; empty if it is not known. */
  closeLink: Buffer = Buffer.alloc(0);

  constructor(
    private readonly meta: SessionMeta,
    private readonly backlog: FrameBacklog,
    private readonly commands: UnpublishedCommands,
    /** True until a recorder may have been sent something of the session. */
    private isNew = false,
  ) {}

  /** Returns true if the recorder has confirmed the close. */
  get isClosed(): boolean {
    return this.phase === 'closed';
  }

  /** Returns true if there may be a message beside frames, which have their own time: an acknowledgement lets the session go on. */
  get mayHaveMessage(): boolean {
    return this.phase === 'resending' || (this.phase === 'sending' && this.closeAt !== undefined && !this.closeSent);
  }

  /** Prepares for a new stream, on which everything is sent again. */
  restart(): void {
    this.epoch++;
    this.closeSent = false;
    if (this.phase !== 'closed' || !this.commands.isEmpty) this.phase = 'unopened';
  }

  /** Returns the next message for this stream; undefined if there is none now. */
  async next(): Promise<IngestRequest | undefined> {
    const { epoch } = this;
    const message = await this.compose();
    // The stream of this message is gone.
    return epoch === this.epoch ? message : undefined;
  }

  /** Handles the positions that the recorder sent. */
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
        return this.open();
      case 'resending':
        return (await this.resend()) ?? this.compose();
      case 'sending':
        return this.send();
      case 'opening':
      case 'closed':
        return undefined;
    }
  }

  private open(): IngestRequest {
    const { isNew } = this;
    this.phase = 'opening';
    this.isNew = false;
    const meta = Buffer.from(encodePayload(FrameKind.session, this.meta));
    return { message: { $case: 'open', value: { sessionId: this.meta.session_id, meta, isNew } } };
  }

  /** Returns the next command before the first frame to send. Its frame is stored already, so the recorder only publishes it. */
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
    return { message: { $case: 'close', value: { sessionId: this.meta.session_id, lastSeq: this.closeAt, link: this.closeLink } } };
  }

  private batch(run: FrameRun): IngestRequest {
    return { message: { $case: 'batch', value: { sessionId: this.meta.session_id, firstSeq: run.firstSeq, frames: run.bytes } } };
  }
}

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
