import { backOffMs, type Clock, type Timer } from '@sallyport/context';
import type { ObjectStore } from '@sallyport/object-store';
import { extentName, type Frame, recordingFolder } from '@sallyport/recording-format';
import type { Logger } from '@sallyport/telemetry';
import { sha256Hex } from '../recording/manifest-file.js';
import type { ByteBudget } from './byte-budget.js';

/** How segments are cut. */
export interface SegmentLimits {
  /** Longest that a frame waits for its segment. */
  readonly maxAgeMs: number;
  /** Largest segment; a frame always fits. */
  readonly maxBytes: number;
}

/** What a writer works with. */
export interface SegmentWriterParts {
  readonly store: ObjectStore;
  readonly budget: ByteBudget;
  readonly clock: Clock;
  readonly limits: SegmentLimits;
  readonly logger: Logger;
}

interface Held {
  readonly seq: bigint;
  readonly bytes: Uint8Array;
}

/**
 * Collects the frames of one session and stores them as segments, one after the other: the next is put when the one before is durable, so what is
 * durable has no hole. A failing store is tried for ever; the frames wait, and the budget they hold stops the reading.
 */
export class SegmentWriter {
  private held: Held[] = [];
  private heldBytes = 0;
  private oldestAt = 0;
  private timer: Timer | undefined;
  private storing = false;
  private hurried = false;
  private readonly abandoned = new AbortController();
  private idle = Promise.withResolvers<void>();
  /** Last frame taken. */
  receivedSeq: bigint;
  /** Last frame in the store. */
  durableSeq: bigint;

  constructor(
    private readonly sessionId: string,
    durableSeq: bigint,
    private readonly parts: SegmentWriterParts,
    private readonly onDurable: () => void,
  ) {
    this.receivedSeq = this.durableSeq = durableSeq;
    this.idle.resolve();
  }

  /** Takes the next frame. Its bytes must not change any more. */
  take(frame: Frame): void {
    if (this.held.length === 0) {
      this.oldestAt = this.parts.clock.monotonic();
      if (!this.storing) this.idle = Promise.withResolvers<void>();
    }
    this.held.push({ seq: frame.seq, bytes: frame.bytes });
    this.heldBytes += frame.bytes.length;
    this.receivedSeq = frame.seq;
    this.parts.budget.take(frame.bytes.length);
    this.schedule();
  }

  /** Stores what is held now, without waiting for more; resolves when it is durable or the writer was abandoned. */
  flush(): Promise<void> {
    this.hurried = true;
    this.schedule();
    return this.idle.promise;
  }

  /** Gives up what is not stored: somebody else has the session now and gets it sent again. */
  abandon(): void {
    this.abandoned.abort();
    this.timer?.cancel();
    this.parts.budget.give(this.heldBytes);
    this.held = [];
    this.heldBytes = 0;
    this.idle.resolve();
  }

  private schedule(): void {
    if (this.storing || this.held.length === 0) return;
    if (this.hurried || this.heldBytes >= this.parts.limits.maxBytes) return void this.storeAll();
    if (this.timer !== undefined) return;
    const age = this.parts.clock.monotonic() - this.oldestAt;
    this.timer = this.parts.clock.timeout(Math.max(0, this.parts.limits.maxAgeMs - age), () => void this.storeAll());
  }

  private async storeAll(): Promise<void> {
    this.timer?.cancel();
    this.timer = undefined;
    this.storing = true;
    do {
      await this.storeOne();
    } while (this.held.length > 0 && (this.hurried || this.heldBytes >= this.parts.limits.maxBytes));
    this.storing = false;
    if (this.held.length > 0) return this.schedule();
    this.hurried = false;
    this.idle.resolve();
  }

  private async storeOne(): Promise<void> {
    const taken = this.cut();
    this.oldestAt = this.parts.clock.monotonic();
    const bytes = Buffer.concat(taken.map((one) => one.bytes));
    const [firstSeq, lastSeq] = [taken[0]!.seq, taken.at(-1)!.seq];
    const name = extentName({ kind: 'seg', firstSeq, lastSeq, digest: sha256Hex(bytes).slice(0, 16) });
    if (!(await this.put(recordingFolder(this.sessionId) + name, bytes))) return;
    this.held = this.held.slice(taken.length);
    this.heldBytes -= bytes.length;
    this.durableSeq = lastSeq;
    this.parts.budget.give(bytes.length);
    this.onDurable();
  }

  private cut(): Held[] {
    let bytes = 0;
    const end = this.held.findIndex((one) => (bytes += one.bytes.length) > this.parts.limits.maxBytes);
    return end === -1 ? this.held.slice() : this.held.slice(0, Math.max(1, end));
  }

  /** False when the writer was abandoned meanwhile: what was put then is the same frames under their own name and does no harm. */
  private async put(key: string, bytes: Buffer): Promise<boolean> {
    const { signal } = this.abandoned;
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        await this.parts.store.put(key, bytes);
        return !signal.aborted;
      } catch (error) {
        if (attempt === 0) this.parts.logger.warn({ err: error, session: this.sessionId }, 'a segment could not be stored, trying again');
        await this.parts.clock.sleep(backOffMs(attempt, 200, 5_000), signal).catch(() => undefined);
      }
    }
    return false;
  }
}
