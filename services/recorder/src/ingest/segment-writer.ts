import { backOffMs, type Clock, type Timer } from '@sallyport/context';
import type { ObjectStore } from '@sallyport/object-store';
import type { HashChain } from '@sallyport/crypto';
import { type Frame, recordingFolder } from '@sallyport/recording-format';
import type { Logger } from '@sallyport/telemetry';
import { objectOf } from '../recording/frame-object.js';
import type { RecorderSeal } from '../recording/recorder-seal.js';
import type { StoredPart } from '../recording/stored-part.js';
import type { ByteBudget } from './byte-budget.js';

/** Bounds of a segment. */
export interface SegmentLimits {
  /** Longest wait of a frame for its segment. */
  readonly maxAgeMs: number;
  /** Largest segment; a frame always fits. */
  readonly maxBytes: number;
}

/** Collaborators of a writer. */
export interface SegmentWriterDeps {
  readonly store: ObjectStore;
  readonly seals: RecorderSeal;
  readonly budget: ByteBudget;
  readonly clock: Clock;
  readonly limits: SegmentLimits;
  readonly logger: Logger;
}

/**
 * Collects the frames of one session and stores them as segments, one after the other. The next is put when the one before is durable, so
 * durable frames are without a hole. A failing store is retried without end; the frames wait, and the budget that they hold stops the
 * reading. A full segment and the last one are parts already: closing the recording stores them no second time.
 */
export class SegmentWriter {
  private held: Frame[] = [];
  private heldBytes = 0;
  private oldestAt = 0;
  private timer: Timer | undefined;
  private storing = false;
  private hurried = false;
  private isFinishing = false;
  private readonly abandoned = new AbortController();
  private idle = Promise.withResolvers<void>();
  /** Last received frame. */
  receivedSeq: bigint;
  /** Last frame in the store. */
  durableSeq: bigint;
  /** Link of that frame. */
  durableLink: Buffer;
  /** The parts that this writer has stored. */
  readonly parts: StoredPart[] = [];

  constructor(
    private readonly sessionId: string,
    durableSeq: bigint,
    /** Chain up to that frame. */
    private readonly chain: HashChain,
    private readonly deps: SegmentWriterDeps,
    private readonly onDurable: () => void,
  ) {
    this.receivedSeq = this.durableSeq = durableSeq;
    this.durableLink = chain.head;
    this.idle.resolve();
  }

  /** Adds the next frame. Its bytes must not change any more. */
  take(frame: Frame): void {
    if (this.held.length === 0) {
      this.oldestAt = this.deps.clock.monotonic();
      if (!this.storing) this.idle = Promise.withResolvers<void>();
    }
    this.held.push(frame);
    this.heldBytes += frame.bytes.length;
    this.receivedSeq = frame.seq;
    this.deps.budget.acquire(frame.bytes.length);
    this.schedule();
  }

  /** Stores the held frames now, without waiting for more. Resolves when they are durable or the writer was abandoned. */
  flush(): Promise<void> {
    this.hurried = true;
    this.schedule();
    return this.idle.promise;
  }

  /** Stores the held frames as the last ones of the recording, else as `flush`. */
  finish(): Promise<void> {
    this.isFinishing = true;
    return this.flush();
  }

  /** Drops frames that are not stored: another holder has the session now, and the gateway sends them to it again. */
  abandon(): void {
    this.abandoned.abort();
    this.timer?.cancel();
    this.deps.budget.release(this.heldBytes);
    this.held = [];
    this.heldBytes = 0;
    this.idle.resolve();
  }

  private schedule(): void {
    if (this.storing || this.held.length === 0) return;
    if (this.hurried || this.heldBytes >= this.deps.limits.maxBytes) return void this.storeAll();
    if (this.timer !== undefined) return;
    const age = this.deps.clock.monotonic() - this.oldestAt;
    this.timer = this.deps.clock.timeout(Math.max(0, this.deps.limits.maxAgeMs - age), () => void this.storeAll());
  }

  private async storeAll(): Promise<void> {
    this.timer?.cancel();
    this.timer = undefined;
    this.storing = true;
    do {
      await this.storeOne();
    } while (this.held.length > 0 && (this.hurried || this.heldBytes >= this.deps.limits.maxBytes));
    this.storing = false;
    if (this.held.length > 0) return this.schedule();
    this.hurried = this.isFinishing = false;
    this.idle.resolve();
  }

  private async storeOne(): Promise<void> {
    const taken = this.cut();
    this.oldestAt = this.deps.clock.monotonic();
    const isPart = this.isFinishing || taken.length < this.held.length || this.heldBytes >= this.deps.limits.maxBytes;
    const { stored, object, linkAfter } = objectOf(this.sessionId, isPart ? 'part' : 'seg', taken, this.chain, this.deps.seals);
    const { name, bytes, last_seq } = stored.part;
    if (!(await this.put(recordingFolder(this.sessionId) + name, object, isPart))) return;
    if (isPart) this.parts.push(stored);
    this.durableLink = linkAfter;
    this.held = this.held.slice(taken.length);
    this.heldBytes -= bytes;
    this.durableSeq = BigInt(last_seq);
    this.deps.budget.release(bytes);
    this.onDurable();
  }

  private cut(): Frame[] {
    let bytes = 0;
    const end = this.held.findIndex((one) => (bytes += one.bytes.length) > this.deps.limits.maxBytes);
    return end === -1 ? this.held.slice() : this.held.slice(0, Math.max(1, end));
  }

  /**
   * Stores a segment. Returns false if the writer was abandoned meanwhile: the segment contains the same frames under their own name and
   * does no harm.
   */
  private async put(key: string, object: Buffer, isPart: boolean): Promise<boolean> {
    const { signal } = this.abandoned;
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        await this.deps.store.put(key, object, { isKept: isPart });
        return !signal.aborted;
      } catch (error) {
        if (attempt === 0) this.deps.logger.warn({ err: error, session: this.sessionId }, 'a segment could not be stored, trying again');
        await this.deps.clock.sleep(backOffMs(attempt, 200, 5_000), signal).catch(() => undefined);
      }
    }
    return false;
  }
}
