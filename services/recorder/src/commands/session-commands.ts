import type { Clock } from '@sallyport/context';
import { AppError } from '@sallyport/errors';
import { type Frame, isCommandKind, type SessionMeta } from '@sallyport/recording-format';
import { type Logger, ofSession } from '@sallyport/telemetry';
import { commandEventOf } from './command-event.js';
import type { Publishing } from './publishing.js';

const READ_AGAIN_MS = 1_000;

/** Collaborators of a session's commands. */
export interface SessionCommandsDeps {
  readonly publishing: Publishing;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Reads stored frames from a number on, up to the last durable one. */
  readonly readStored: (fromSeq: bigint) => AsyncIterable<Frame>;
  readonly onPublished: () => void;
}

/**
 * Publishes the commands of one session on arrival, and knows the position up to which they are published. During an outage of NATS, commands wait in
 * memory up to a limit that all sessions share. Commands beyond it are read back from the store when NATS is available again.
 */
export class SessionCommands {
  private seenSeq = 0n;
  private readonly waiting = new Set<bigint>();
  /** Number of the first command that is not held. */
  private behindSeq: bigint | undefined;
  private catchingUp = false;
  private wantsMore = false;
  private isOver = false;

  constructor(
    private readonly meta: SessionMeta,
    private readonly deps: SessionCommandsDeps,
  ) {}

  /** Returns the position up to which the commands of all frames are in JetStream; 0 if none is known yet. */
  get publishedSeq(): bigint {
    const [oldest] = this.waiting;
    const open = [oldest, this.behindSeq].filter((seq) => seq !== undefined);
    return open.reduce((position, seq) => (seq - 1n < position ? seq - 1n : position), this.seenSeq);
  }

  /** Returns true if every command seen is published. */
  get isDone(): boolean {
    return this.publishedSeq === this.seenSeq;
  }

  /** Takes a frame, new or sent again. A frame that was seen before is ignored. */
  see(frame: Frame): void {
    if (frame.seq <= this.seenSeq) return;
    if (isCommandKind(frame.kind)) this.take(frame);
    this.seenSeq = frame.seq;
  }

  /** Handles frames that became durable: commands that are not held may be readable now. */
  durable(durableSeq: bigint): void {
    if (this.behindSeq !== undefined && this.behindSeq <= durableSeq) void this.catchUp();
  }

  /** Stops the reports to the session. Held commands are still published. */
  release(): void {
    this.isOver = true;
  }

  private take(frame: Frame): void {
    if (this.behindSeq !== undefined) return;
    if (this.deps.publishing.hasRoom()) this.publish(frame);
    else this.behindSeq = frame.seq;
  }

  private publish(frame: Frame): void {
    const event = this.eventOf(frame);
    if (event === undefined) return;
    const { seq } = frame;
    this.waiting.add(seq);
    this.deps.publishing.publish(event).then(
      () => this.done(seq),
      () => undefined, // stopping: the position stays, the gateway sends it again
    );
  }

  private done(seq: bigint): void {
    this.waiting.delete(seq);
    if (!this.isOver) this.deps.onPublished();
  }

  /** Reads the commands that are not held from the store, as there is room, and again if more became durable meanwhile. */
  private async catchUp(): Promise<void> {
    this.wantsMore = true;
    if (this.catchingUp) return;
    this.catchingUp = true;
    while (this.wantsMore && this.behindSeq !== undefined && !this.isOver) {
      await this.deps.publishing.whenRoom();
      this.wantsMore = false;
      await this.readBehind().catch((error: unknown) => this.pause(error));
    }
    this.catchingUp = false;
  }

  private async pause(error: unknown): Promise<void> {
    this.deps.logger.warn({ err: error, ...ofSession(this.meta.session_id) }, 'commands could not be read back, trying again');
    await this.deps.clock.sleep(READ_AGAIN_MS);
    this.wantsMore = true;
  }

  private async readBehind(): Promise<void> {
    for await (const frame of this.deps.readStored(this.behindSeq!)) {
      if (isCommandKind(frame.kind)) {
        this.behindSeq = frame.seq;
        if (!this.deps.publishing.hasRoom()) return void (this.wantsMore = true);
        this.publish(frame);
      }
      this.behindSeq = frame.seq + 1n;
    }
    if (this.behindSeq! > this.seenSeq) this.behindSeq = undefined;
    this.deps.onPublished();
  }

  /** Returns the event of a frame. A command that cannot be read stays in the recording and must not stop the others. */
  private eventOf(frame: Frame): ReturnType<typeof commandEventOf> {
    try {
      return commandEventOf(this.meta, frame);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.deps.logger.error({ err: error, ...ofSession(this.meta.session_id), seq: String(frame.seq) }, 'a command cannot be published');
      return undefined;
    }
  }
}
