import { type FrameRun, type HeldFrame, runOf } from './frame-run.js';
import type { SpoolFile, SpoolMaker } from './spool/spool-file.js';

/** A run taken from memory has about this much. */
const RUN_BYTES = 256 * 1024;

/**
 * The frames of a session that are not durable yet: in memory, or, once it was told to, all of them in a spool file, so that what is on disk has no hole
 * towards what is durable. When everything is durable, the file goes and memory serves again.
 */
export class FrameBacklog {
  private frames: HeldFrame[] = [];
  private head = 0;
  private heldBytes = 0;
  private spool: SpoolFile | undefined;
  private removing: Promise<void> = Promise.resolve();
  lastSeq: bigint;
  durableSeq: bigint;

  /** With a file: what a dead gateway left. */
  constructor(
    private readonly createSpool: SpoolMaker,
    left?: SpoolFile,
  ) {
    this.spool = left;
    this.lastSeq = left?.lastSeq ?? 0n;
    this.durableSeq = (left?.firstSeq ?? 1n) - 1n;
  }

  /** Bytes in memory: frames, or what is on its way to the disk. */
  get memoryBytes(): number {
    return this.spool?.unwrittenBytes ?? this.heldBytes;
  }

  /** Bytes that are not durable, wherever they are. */
  get unackedBytes(): number {
    return this.isDurable ? 0 : (this.spool?.bytes ?? this.heldBytes);
  }

  get isSpooling(): boolean {
    return this.spool !== undefined;
  }

  get isDiskFailing(): boolean {
    return this.spool?.isFailing ?? false;
  }

  get isDurable(): boolean {
    return this.durableSeq >= this.lastSeq;
  }

  append(frame: HeldFrame): void {
    this.lastSeq = frame.seq;
    if (this.spool !== undefined) return this.spool.append(frame);
    this.frames.push(frame);
    this.heldBytes += frame.bytes.length;
  }

  /** From now on on disk. */
  toDisk(): void {
    if (this.spool !== undefined || this.isDurable) return;
    this.spool = this.createSpool(this.removing);
    for (const frame of this.frames.slice(this.head)) this.spool.append(frame);
    this.forget();
  }

  /** Resolves when nothing is in memory only, and a file that served its time is gone. */
  async synced(): Promise<void> {
    await this.spool?.sync();
    await this.removing;
  }

  /** Everything up to `seq` is in the store. */
  durable(seq: bigint): void {
    if (seq > this.durableSeq) this.durableSeq = seq;
    if (this.spool === undefined) return this.drop();
    if (!this.isDurable) return;
    this.removing = this.spool.remove();
    this.spool = undefined;
  }

  /** A run from `seq` on; undefined when there is none. */
  async run(seq: bigint): Promise<FrameRun | undefined> {
    if (this.spool !== undefined) return this.spool.read(seq);
    const first = this.frames[this.head];
    if (first === undefined || seq > this.lastSeq) return undefined;
    const frames: HeldFrame[] = [];
    let bytes = 0;
    for (let at = this.head + Number(seq - first.seq); at < this.frames.length && bytes < RUN_BYTES; at++) {
      frames.push(this.frames[at]!);
      bytes += this.frames[at]!.bytes.length;
    }
    return frames.length === 0 ? undefined : runOf(frames);
  }

  /** Leaves it for an operator: a recorder refused it for good. */
  async quarantine(): Promise<void> {
    this.toDisk();
    await this.spool?.quarantine(`${this.spool.path}.rejected`);
    this.spool = undefined;
    this.durableSeq = this.lastSeq;
  }

  private drop(): void {
    for (let frame = this.frames[this.head]; frame !== undefined && frame.seq <= this.durableSeq; frame = this.frames[++this.head]) {
      this.heldBytes -= frame.bytes.length;
    }
    // The array is cut now and then, not at every frame.
    if (this.head > 1024 || this.head === this.frames.length) {
      this.frames = this.frames.slice(this.head);
      this.head = 0;
    }
  }

  private forget(): void {
    this.frames = [];
    this.head = 0;
    this.heldBytes = 0;
  }
}
