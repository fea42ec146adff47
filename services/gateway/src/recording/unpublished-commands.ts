import { type FrameRun, type HeldFrame, runOf } from './frame-run.js';
import type { SpoolFile, SpoolMaker } from './spool/spool-file.js';
import type { SpoolSpace } from './spool/spool-space.js';

/**
 * Commands of a session that are not in JetStream yet, whether their frames are durable or not: in memory up to a bound, then in a spool file of their own.
 * They are few, so the file is only removed, never cut.
 */
export class UnpublishedCommands {
  private readonly held = new Map<bigint, HeldFrame>();
  private heldBytes = 0;
  private spool: SpoolFile | undefined;
  private removing: Promise<void> = Promise.resolve();
  private publishedSeq = 0n;
  private lastSeq: bigint;

  /** With a file: what a dead gateway left. */
  constructor(
    private readonly createSpool: SpoolMaker,
    private readonly space: SpoolSpace,
    private readonly maxBytes: number,
    left?: SpoolFile,
  ) {
    this.spool = left;
    this.lastSeq = left?.lastSeq ?? 0n;
  }

  get isEmpty(): boolean {
    return this.publishedSeq >= this.lastSeq;
  }

  /** False when nothing has room for it: its frame is in the recording, but it may never be found by a search. */
  append(frame: HeldFrame): boolean {
    if (this.spool !== undefined && !this.space.hasRoom(frame.bytes.length, true)) return false;
    this.keep(frame);
    return true;
  }

  private keep(frame: HeldFrame): void {
    this.lastSeq = frame.seq;
    if (this.spool !== undefined) return this.spool.append(frame);
    this.held.set(frame.seq, frame);
    this.heldBytes += frame.bytes.length;
    if (this.heldBytes > this.maxBytes) this.toDisk();
  }

  /** The commands of everything up to `seq` are in JetStream. */
  published(seq: bigint): void {
    this.publishedSeq = seq > this.publishedSeq ? seq : this.publishedSeq;
    for (const [held, frame] of this.held) {
      if (held > this.publishedSeq) break;
      this.held.delete(held);
      this.heldBytes -= frame.bytes.length;
    }
    if (!this.isEmpty) return;
    this.removing = this.spool?.remove() ?? this.removing;
    this.spool = undefined;
  }

  /** The next command behind `seq` that nobody has acknowledged. */
  async next(seq: bigint): Promise<FrameRun | undefined> {
    const from = (seq > this.publishedSeq ? seq : this.publishedSeq) + 1n;
    if (this.spool !== undefined) return this.spool.read(from);
    for (const [held, frame] of this.held) if (held >= from) return runOf([frame]);
    return undefined;
  }

  /** From now on on disk. */
  toDisk(): void {
    if (this.spool !== undefined || this.isEmpty) return;
    this.spool = this.createSpool(this.removing);
    for (const frame of this.held.values()) this.spool.append(frame);
    this.held.clear();
    this.heldBytes = 0;
  }

  /** Resolves when nothing is in memory only, and a file that served its time is gone. */
  async synced(): Promise<void> {
    await this.spool?.sync();
    await this.removing;
  }

  /** Leaves it for an operator: a recorder refused it for good. */
  async quarantine(): Promise<void> {
    this.toDisk();
    await this.spool?.quarantine(`${this.spool.path}.rejected`);
    this.spool = undefined;
    this.publishedSeq = this.lastSeq;
  }
}
