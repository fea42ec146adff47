import { type FrameRun, type HeldFrame, runOf } from './frame-run.js';
import type { SpoolFile, SpoolMaker } from './spool/spool-file.js';
import type { SpoolSpace } from './spool/spool-space.js';

/**
 * Commands of a session that are not in JetStream yet, even if their frames are durable. They are in memory up to a limit, then in a spool file of their own.
 * They are few, so the file is removed as a whole, never truncated.
 */
export class UnpublishedCommands {
  private readonly held = new Map<bigint, HeldFrame>();
  private heldBytes = 0;
  private spool: SpoolFile | undefined;
  private removing: Promise<void> = Promise.resolve();
  private publishedSeq = 0n;
  private lastSeq: bigint;

  /** `orphan` is a spool file that a dead gateway orphan. */
  constructor(
    private readonly createSpool: SpoolMaker,
    private readonly space: SpoolSpace,
    private readonly maxBytes: number,
    orphan?: SpoolFile,
  ) {
    this.spool = orphan;
    this.lastSeq = orphan?.lastSeq ?? 0n;
  }

  get isEmpty(): boolean {
    return this.publishedSeq >= this.lastSeq;
  }

  /** Keeps a command. Returns false for lack of room: its frame is in the recording, but a search may never find it. */
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
    if (this.heldBytes > this.maxBytes) this.moveToDisk();
  }

  /** Marks the commands up to `seq` as published. */
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

  /** Returns the next command after `seq` that is not acknowledged. */
  async next(seq: bigint): Promise<FrameRun | undefined> {
    const from = (seq > this.publishedSeq ? seq : this.publishedSeq) + 1n;
    if (this.spool !== undefined) return this.spool.read(from);
    for (const [held, frame] of this.held) if (held >= from) return runOf([frame]);
    return undefined;
  }

  /** Moves the commands to a spool file; later ones follow. */
  moveToDisk(): void {
    if (this.spool !== undefined || this.isEmpty) return;
    this.spool = this.createSpool(this.removing);
    for (const frame of this.held.values()) this.spool.append(frame);
    this.held.clear();
    this.heldBytes = 0;
  }

  /** Resolves when every command is on disk or published, and an old file is removed. */
  async synced(): Promise<void> {
    await this.spool?.sync();
    await this.removing;
  }

  /** Quarantines the commands for an operator: a recorder refused them for good. */
  async quarantine(): Promise<void> {
    this.moveToDisk();
    await this.spool?.quarantine(`${this.spool.path}.rejected`);
    this.spool = undefined;
    this.publishedSeq = this.lastSeq;
  }
}
