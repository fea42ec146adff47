import { backOffMs, type Clock, type Timer } from '@sallyport/context';
import type { FirstObject, ObjectStore } from '@sallyport/object-store';
import { HashChain } from '@sallyport/crypto';
import { type Frame, MANIFEST_NAME, recordingFolder } from '@sallyport/recording-format';
import { type Logger, ofSession } from '@sallyport/telemetry';
import { type FrameObject, objectOf } from '../recording/frame-object.js';
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
  /** Looks up what is stored of a session that was said to be new. Resolves with undefined if nothing may be stored any more. */
  readonly lookUp: () => Promise<DurableEnd | undefined>;
}

/** The last durable frame of a recording, and its link; frame 0 for none. */
export interface DurableEnd {
  readonly seq: bigint;
  readonly link: Buffer;
}

/** Result of a put: `taken` if a session that was said to be new has something in the store. */
type PutResult = 'stored' | 'taken' | 'abandoned';

/**
 * Collects the frames of one session and stores them as segments, one after the other. The next is put when the one before is durable, so
 * durable frames are without a hole. A failing store is retried without end; the frames wait, and the budget that they hold stops the
 * reading. A full segment and the last one are parts already: closing the recording stores them no second time. The first object of a new
 * session is stored only if nothing of the session is in the store; else the writer goes on behind that.
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
    stored: DurableEnd,
    /** True if the store was not searched for the session. */
    private isNew: boolean,
    private readonly deps: SegmentWriterDeps,
    private readonly onDurable: () => void,
  ) {
    this.receivedSeq = this.durableSeq = stored.seq;
    this.durableLink = stored.link;
    this.idle.resolve();
  }

  /** Adds the next frame. Its bytes must not change any more. */
  take(frame: Frame): void {
    if (this.held.length === 0) {
      this.oldestAt = this.deps.clock.monotonic();
      this.deps.budget.waiting.holds(this, this.oldestAt);
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

  /**
   * Stores the frames of a new session as its only part, in one step with the manifest that `manifestOf` returns. Returns false if it returns none,
   * or the store has something of the session or failed: `finish` stores the frames. Reports no new position: the caller does.
   */
  async storeWhole(manifestOf: (whole: StoredPart, sessionId: string) => Buffer | undefined): Promise<boolean> {
    if (!this.isNew || this.storing || this.held.length === 0) return false;
    const whole = this.objectOf('part', this.held);
    const manifest = manifestOf(whole.stored, this.sessionId);
    if (manifest === undefined) return false;
    this.begin();
    const objects = [
      { name: whole.stored.part.name, bytes: whole.object },
      { name: MANIFEST_NAME, bytes: manifest },
    ];
    const isStored = await this.putWhole(objects);
    if (isStored) this.note(whole, true);
    this.rest();
    return isStored;
  }

  /** Drops frames that are not stored: another holder has the session now, and the gateway sends them to it again. */
  abandon(): void {
    this.abandoned.abort();
    this.timer?.cancel();
    this.deps.budget.release(this.heldBytes);
    this.held = [];
    this.heldBytes = 0;
    this.deps.budget.waiting.holdsNone(this);
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
    this.begin();
    do {
      await this.storeOne();
    } while (this.held.length > 0 && (this.hurried || this.heldBytes >= this.deps.limits.maxBytes));
    this.rest();
  }

  private begin(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.storing = true;
  }

  private rest(): void {
    this.storing = false;
    if (this.held.length > 0) return this.schedule();
    this.hurried = this.isFinishing = false;
    this.idle.resolve();
  }

  private async storeOne(): Promise<void> {
    const taken = this.cut();
    this.oldestAt = this.deps.clock.monotonic();
    const isPart = this.isFinishing || taken.length < this.held.length || this.heldBytes >= this.deps.limits.maxBytes;
    const made = this.objectOf(isPart ? 'part' : 'seg', taken);
    const result = await this.put(made, isPart);
    if (result === 'taken') return this.goOnBehindStored();
    if (result === 'abandoned') return;
    this.note(made, isPart);
    this.onDurable();
  }

  private objectOf(kind: 'seg' | 'part', frames: readonly Frame[]): FrameObject {
    return objectOf(this.sessionId, kind, frames, new HashChain(this.durableLink), this.deps.seals);
  }

  /** Notes that an object is stored. */
  private note({ stored, linkAfter }: FrameObject, isPart: boolean): void {
    if (isPart) this.parts.push(stored);
    this.moveTo({ seq: BigInt(stored.part.last_seq), link: linkAfter });
  }

  /** Moves the position; the frames up to it are not held any more. */
  private moveTo({ seq, link }: DurableEnd): void {
    this.isNew = false;
    this.durableSeq = seq;
    this.durableLink = link;
    const before = this.heldBytes;
    this.held = this.held.filter((frame) => frame.seq > seq);
    this.heldBytes = this.held.reduce((sum, { bytes }) => sum + bytes.length, 0);
    this.deps.budget.release(before - this.heldBytes);
    if (this.held.length === 0) this.deps.budget.waiting.holdsNone(this);
    else this.deps.budget.waiting.holds(this, this.oldestAt);
  }

  /** Looks up what is stored: the session is not new. Frames of it that are held too are the overlap of a resend. */
  private async goOnBehindStored(): Promise<void> {
    const end = await this.deps.lookUp();
    if (end === undefined) return this.abandon();
    if (this.abandoned.signal.aborted) return;
    this.moveTo(end);
    if (end.seq > this.receivedSeq) this.receivedSeq = end.seq;
    this.onDurable();
  }

  private cut(): Frame[] {
    let bytes = 0;
    const end = this.held.findIndex((one) => (bytes += one.bytes.length) > this.deps.limits.maxBytes);
    return end === -1 ? this.held.slice() : this.held.slice(0, Math.max(1, end));
  }

  /** Stores an object. If the writer was abandoned meanwhile, it does no harm: it contains the same frames under their own name. */
  private async put({ stored, object }: FrameObject, isPart: boolean): Promise<PutResult> {
    const { signal } = this.abandoned;
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        const isStored = await this.putOnce(stored.part.name, object, isPart);
        return signal.aborted ? 'abandoned' : isStored ? 'stored' : 'taken';
      } catch (error) {
        if (attempt === 0)
          this.deps.logger.warn({ err: error, ...ofSession(this.sessionId) }, 'a segment could not be stored, trying again');
        await this.deps.clock.sleep(backOffMs(attempt, 200, 5_000), signal).catch(() => undefined);
      }
    }
    return 'abandoned';
  }

  private async putOnce(name: string, bytes: Buffer, isKept: boolean): Promise<boolean> {
    const folder = recordingFolder(this.sessionId);
    if (this.isNew) return this.deps.store.putFirst(folder, [{ name, bytes }], { isKept });
    await this.deps.store.put(folder + name, bytes, { isKept });
    return true;
  }

  private async putWhole(objects: readonly FirstObject[]): Promise<boolean> {
    try {
      const isStored = await this.deps.store.putFirst(recordingFolder(this.sessionId), objects, { isKept: true });
      return isStored && !this.abandoned.signal.aborted;
    } catch (error) {
      this.deps.logger.warn({ err: error, ...ofSession(this.sessionId) }, 'a recording could not be stored in one step');
      return false;
    }
  }
}
