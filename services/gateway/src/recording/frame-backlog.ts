import { type FrameRun, type HeldFrame, RUN_BYTES, runOf } from './frame-run.js';
import type { SpoolFile, SpoolMaker } from './spool/spool-file.js';

/**
 * Frames of a session that are not durable yet: in memory, or, after {@link moveToDisk}, all in a spool file. So the file is without a hole
 * behind the durable frames. When everything is durable, the file is removed and memory is used again.
 */
export class FrameBacklog {
  private frames: HeldFrame[] = [];
  private head = 0;
  private heldBytes = 0;
  /** Bytes of the durable frames that the array still has. */
  private passedBytes = 0;
  private spool: SpoolFile | undefined;
  private removing: Promise<void> = Promise.resolve();
  lastSeq: bigint;
  durableSeq: bigint;

  /** `orphan` is the spool file of a gateway that died. */
  constructor(
    private readonly createSpool: SpoolMaker,
    orphan?: SpoolFile,
  ) {
    this.spool = orphan;
    this.lastSeq = orphan?.lastSeq ?? 0n;
    this.durableSeq = (orphan?.firstSeq ?? 1n) - 1n;
  }

  /** Returns the bytes in memory: frames, or bytes that are not written yet. */
  get memoryBytes(): number {
    return this.spool?.unwrittenBytes ?? this.heldBytes;
  }

  /** Returns the bytes that are not durable, in memory and on disk. */
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

  /** Moves the frames to a spool file; later ones follow. */
  moveToDisk(): void {
    if (this.spool !== undefined || this.isDurable) return;
    this.spool = this.createSpool(this.removing);
    for (const frame of this.frames.slice(this.head)) this.spool.append(frame);
    this.forget();
  }

  /** Resolves when every frame is on disk or durable, and an old file is removed. */
  async synced(): Promise<void> {
    await this.spool?.sync();
    await this.removing;
  }

  /** Returns the link of a frame in memory; undefined for another. */
  linkOf(seq: bigint): Buffer | undefined {
    const first = this.frames[this.head];
    return first === undefined || seq < first.seq ? undefined : this.frames[this.head + Number(seq - first.seq)]?.link;
  }

  /** Marks everything up to `seq` as stored. */
  durable(seq: bigint): void {
    if (seq > this.durableSeq) this.durableSeq = seq;
    if (this.spool === undefined) return this.drop();
    if (!this.isDurable) return;
    this.removing = this.spool.remove();
    this.spool = undefined;
  }

  /** Returns a run from `seq` on; undefined if there is none. */
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

  /** Quarantines the frames for an operator: a recorder refused them for good. */
  async quarantine(): Promise<void> {
    this.moveToDisk();
    await this.spool?.quarantine(`${this.spool.path}.rejected`);
    this.spool = undefined;
    this.durableSeq = this.lastSeq;
  }

  private drop(): void {
    for (let frame = this.frames[this.head]; frame !== undefined && frame.seq <= this.durableSeq; frame = this.frames[++this.head]) {
      this.heldBytes -= frame.bytes.length;
      this.passedBytes += frame.bytes.length;
    }
    // The array is sliced now and then, not at every frame.
    if (this.head > 1024 || this.passedBytes >= RUN_BYTES || this.head === this.frames.length) {
      this.frames = this.frames.slice(this.head);
      this.head = this.passedBytes = 0;
    }
  }

  private forget(): void {
    this.frames = [];
    this.head = this.heldBytes = this.passedBytes = 0;
  }
}
