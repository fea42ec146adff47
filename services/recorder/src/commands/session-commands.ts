import type { Clock } from '@sallyport/context';
import { AppError } from '@sallyport/errors';
import { type Frame, isCommandKind, type SessionMeta } from '@sallyport/recording-format';
import type { Logger } from '@sallyport/telemetry';
import { commandEventOf } from './command-event.js';
import type { Publishing } from './publishing.js';

const READ_AGAIN_MS = 1_000;

/** What the commands of one session need. */
export interface SessionCommandsParts {
  readonly publishing: Publishing;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Stored frames from a number on, up to what is durable. */
  readonly readStored: (fromSeq: bigint) => AsyncIterable<Frame>;
  readonly onPublished: () => void;
}

/**
 * Publishes the commands of one session on arrival and knows the position up to which that is done. While NATS is away, commands wait in memory up to
 * the bound that all sessions share; beyond it they are read back from the store when NATS takes events again.
 */
export class SessionCommands {
  private seenSeq = 0n;
  private readonly waiting = new Set<bigint>();
  /** First command that was not even held. */
  private behindSeq: bigint | undefined;
  private catchingUp = false;
  private wantsMore = false;
  private isOver = false;

  constructor(
    private readonly meta: SessionMeta,
    private readonly parts: SessionCommandsParts,
  ) {}

  /** The commands of all frames seen so far and up to this one are in JetStream; 0 when nothing is known yet. */
  get publishedSeq(): bigint {
    const [oldest] = this.waiting;
    const open = [oldest, this.behindSeq].filter((seq) => seq !== undefined);
    return open.reduce((position, seq) => (seq - 1n < position ? seq - 1n : position), this.seenSeq);
  }

  /** Whether everything seen is published. */
  get isDone(): boolean {
    return this.publishedSeq === this.seenSeq;
  }

  /** A frame arrived, new or sent again. What was seen is not looked at twice. */
  see(frame: Frame): void {
    if (frame.seq <= this.seenSeq) return;
    if (isCommandKind(frame.kind)) this.take(frame);
    this.seenSeq = frame.seq;
  }

  /** Frames became durable: what was not held may be readable now. */
  durable(durableSeq: bigint): void {
    if (this.behindSeq !== undefined && this.behindSeq <= durableSeq) void this.catchUp();
  }

  /** Nobody wants to know any more; what is held is still published. */
  release(): void {
    this.isOver = true;
  }

  private take(frame: Frame): void {
    if (this.behindSeq !== undefined) return;
    if (this.parts.publishing.hasRoom()) this.publish(frame);
    else this.behindSeq = frame.seq;
  }

  private publish(frame: Frame): void {
    const event = this.eventOf(frame);
    if (event === undefined) return;
    const { seq } = frame;
    this.waiting.add(seq);
    this.parts.publishing.publish(event).then(
      () => this.done(seq),
      () => undefined, // stopping: the position stays, the gateway sends it again
    );
  }

  private done(seq: bigint): void {
    this.waiting.delete(seq);
    if (!this.isOver) this.parts.onPublished();
  }

  /** Reads what was not held from the store, as there is room; once more when more became durable meanwhile. */
  private async catchUp(): Promise<void> {
    this.wantsMore = true;
    if (this.catchingUp) return;
    this.catchingUp = true;
    while (this.wantsMore && this.behindSeq !== undefined && !this.isOver) {
      await this.parts.publishing.whenRoom();
      this.wantsMore = false;
      await this.readBehind().catch((error: unknown) => this.pause(error));
    }
    this.catchingUp = false;
  }

  private async pause(error: unknown): Promise<void> {
    this.parts.logger.warn({ err: error, session: this.meta.session_id }, 'commands could not be read back, trying again');
    await this.parts.clock.sleep(READ_AGAIN_MS);
    this.wantsMore = true;
  }

  private async readBehind(): Promise<void> {
    for await (const frame of this.parts.readStored(this.behindSeq!)) {
      if (isCommandKind(frame.kind)) {
        this.behindSeq = frame.seq;
        if (!this.parts.publishing.hasRoom()) return void (this.wantsMore = true);
        this.publish(frame);
      }
      this.behindSeq = frame.seq + 1n;
    }
    if (this.behindSeq! > this.seenSeq) this.behindSeq = undefined;
    this.parts.onPublished();
  }

  /** A command that can't be read is in the recording all the same; it must not stop the others. */
  private eventOf(frame: Frame): ReturnType<typeof commandEventOf> {
    try {
      return commandEventOf(this.meta, frame);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.parts.logger.error({ err: error, session: this.meta.session_id, seq: String(frame.seq) }, 'a command can not be published');
      return undefined;
    }
  }
}
