import type { Clock, Timer } from '@sallyport/context';
import type { Ack, IngestRequest, Rejection } from '@sallyport/proto-gen/recording/v1/ingest';
import { encodePayload, FrameKind, isCommandKind, isRawKind, type SessionMeta } from '@sallyport/recording-format';
import { type Logger, ofSession } from '@sallyport/telemetry';
import type { RecordingEnd, SessionRecording } from '../taps/recording-port.js';
import { checkAck } from './check-ack.js';
import { FrameBacklog } from './frame-backlog.js';
import { FrameNumbering, type NumberedFrame } from './frame-numbering.js';
import type { HeldFrame } from './frame-run.js';
import { GapCounter } from './gap-counter.js';
import type { LinkedRecording } from './linked-recording.js';
import type { RecordingLimits, RecordingLoad } from './recording-limits.js';
import { SessionOutbox } from './session-outbox.js';
import type { SpoolFolder } from './spool/spool-folder.js';
import type { SpoolSpace } from './spool/spool-space.js';
import { UnpublishedCommands } from './unpublished-commands.js';

/** Collaborators that all recordings of one gateway share. */
export interface RecordedSessionDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: RecordingLimits;
  readonly load: RecordingLoad;
  readonly folder: SpoolFolder;
  readonly space: SpoolSpace;
  /** Called when the session may have a message to send: `bytes` more of frames, Infinity for a message that must not wait for others. */
  readonly markPending: (session: LinkedRecording, bytes: number) => void;
  /** Called with a number of bytes that the recording will lack. */
  readonly onDropped: (bytes: number) => void;
  /** Called when a recorder refuses the recording for good. */
  readonly onRefused: () => void;
}

/** Bytes that come fast wait this long for others. */
const BLOCK_MS = 50;

/** Recording mode; see RecordingMode of the access contract. */
export type Mode = 'strict' | 'best-effort';

/**
 * The gateway's side of the recording of a running session. It numbers frames, and keeps them until they are durable and their commands published.
 * Strict: without room, senders get no window credit, and after the grace period the session stops. Best-effort: after the patience period frames
 * go to disk, and what exceeds the disk's limit is marked as a gap.
 */
export class RecordedSession implements SessionRecording, LinkedRecording {
  private readonly numbering: FrameNumbering;
  private readonly backlog: FrameBacklog;
  private readonly commands: UnpublishedCommands;
  private readonly outbox: SessionOutbox;
  private readonly gaps = new GapCounter();
  private blockEnd: Timer | undefined;
  private countedBytes = 0;
  private storedEnd: RecordingEnd | undefined;
  private progressAt: number;
  private rejected: Rejection | undefined;
  private unrecordableWhy: string | undefined;
  private unrecordable: ((why: string) => void)[] = [];
  private waitingForRoom: (() => void)[] = [];
  private changed = Promise.withResolvers<void>();

  constructor(
    readonly meta: SessionMeta,
    private readonly mode: Mode,
    private readonly deps: RecordedSessionDeps,
  ) {
    this.numbering = new FrameNumbering(deps.clock, meta.session_id, Date.parse(meta.started_at));
    this.backlog = new FrameBacklog((after) => deps.folder.create(meta, 'frames', after));
    this.commands = new UnpublishedCommands((after) => deps.folder.create(meta, 'commands', after), deps.space, deps.limits.commandBytes);
    this.outbox = new SessionOutbox(meta, this.backlog, this.commands, true);
    this.progressAt = deps.clock.monotonic();
    this.append(0, FrameKind.session, Buffer.from(encodePayload(FrameKind.session, meta)));
  }

  append(channel: number, kind: FrameKind, payload: Buffer): void {
    if (this.rejected !== undefined) return undefined;
    if (this.backlog.isDurable) this.progressAt = this.deps.clock.monotonic();
    if (!this.canKeep(kind, payload.length)) return this.drop(channel, kind, payload);
    this.writeGaps();
    this.keepAll(this.numbering.frames(channel, kind, payload));
    if (this.numbering.openBytes > 0) this.blockEnd ??= this.deps.clock.timeout(BLOCK_MS, () => this.endBlock());
  }

  hasRoom(): boolean {
    if (this.rejected !== undefined) return true;
    // A slow disk makes senders wait; one that fails must not stop a best-effort session.
    return (this.mode === 'best-effort' && this.backlog.isDiskFailing) || !this.isFull();
  }

  async whenRoom(): Promise<void> {
    while (!this.hasRoom()) {
      this.endBlock();
      const settled = new Promise<void>((resolve) => this.waitingForRoom.push(resolve));
      await (this.backlog.isSpooling ? Promise.race([settled, this.backlog.synced()]) : settled);
    }
  }

  stored(): RecordingEnd | undefined {
    return this.storedEnd;
  }

  onUnrecordable(call: (why: string) => void): void {
    this.unrecordable.push(call);
    if (this.unrecordableWhy !== undefined) call(this.unrecordableWhy);
  }

  cannotRecord(why: string): void {
    this.deps.logger.error({ ...ofSession(this.meta.session_id), why }, 'a part of a session could not be recorded');
    this.fail(why);
  }

  async close(): Promise<RecordingEnd> {
    this.endBlock();
    this.writeGaps(true);
    const { lastSeq, lastLink: link } = this.numbering;
    this.outbox.closeAt = lastSeq;
    this.outbox.closeLink = link;
    this.deps.markPending(this, Infinity);
    const deadline = this.deps.clock.sleep(this.deps.limits.handOverMs);
    let isLate = this.deps.load.awaySince !== undefined;
    while (!isLate && !this.isHandedOver) isLate = await Promise.race([deadline.then(() => true), this.changed.promise.then(() => false)]);
    if (!this.isHandedOver) await this.spoolAll();
    return { lastSeq, link };
  }

  // The methods below are for the link.

  /** Returns the next message for the stream. */
  async next(): Promise<IngestRequest | undefined> {
    return this.rejected === undefined ? this.outbox.next() : undefined;
  }

  /** Returns true if the recorder has everything for good and the link may forget the session. */
  get isFinished(): boolean {
    return this.rejected !== undefined ? this.outbox.closeAt !== undefined : this.outbox.isClosed && this.commands.isEmpty;
  }

  get unackedBytes(): number {
    return this.backlog.unackedBytes;
  }

  get waitingSince(): number | undefined {
    return this.backlog.isDurable ? undefined : this.progressAt;
  }

  acked(ack: Ack): void {
    if (this.rejected !== undefined) return;
    if (ack.durableSeq > this.backlog.durableSeq) this.progressAt = this.deps.clock.monotonic();
    this.outbox.acked(ack);
    const problem = checkAck(ack, { lastSeq: this.numbering.lastSeq, link: this.backlog.linkOf(ack.durableSeq) });
    if (problem !== undefined) return void this.refused(problem);
    if (ack.link.length > 0) this.storedEnd = { lastSeq: ack.durableSeq, link: ack.link };
    this.backlog.durable(ack.durableSeq);
    this.commands.published(ack.publishedSeq);
    this.settle();
    if (this.outbox.mayHaveMessage) this.deps.markPending(this, Infinity);
  }

  /** Handles a final refusal by the recorder. Frames that are not stored are quarantined for an operator. */
  async refused(rejection: Rejection): Promise<void> {
    this.endBlock();
    this.rejected = rejection;
    this.deps.onRefused();
    this.deps.logger.error(
      { ...ofSession(this.meta.session_id), code: rejection.code, problem: rejection.message },
      'the recorder refused a recording',
    );
    this.deps.onDropped(this.backlog.unackedBytes);
    this.fail(`the recorder refused the recording: ${rejection.message}`);
    await Promise.all([this.backlog.quarantine(), this.commands.quarantine()]);
    this.settle();
  }

  /** Prepares for a new stream. */
  restart(): void {
    this.outbox.restart();
  }

  /** Checks the patience and grace periods. */
  tick(): void {
    if (this.rejected !== undefined) return;
    if (this.backlog.isDurable) this.numbering.rest();
    // Only with enough room for output again: a gap frame at every tick would use up the room that is reserved for commands.
    if (!this.gaps.isEmpty && this.canKeep(FrameKind.output, this.deps.limits.sessionBytes)) this.writeGaps();
    if (!this.isFull()) return;
    const stalledMs = this.stalledMs();
    if (this.mode === 'best-effort' && stalledMs >= this.deps.limits.patienceMs) this.spill();
    if (this.mode === 'strict' && stalledMs >= this.deps.limits.graceMs)
      this.fail('no recorder has stored anything for too long, and no more can be kept');
    this.settle();
  }

  /** Writes everything that is not safe elsewhere to disk; resolves when it is there. */
  async spoolAll(): Promise<void> {
    this.endBlock();
    this.backlog.moveToDisk();
    this.commands.moveToDisk();
    this.settle();
    await Promise.all([this.backlog.synced(), this.commands.synced()]);
  }

  private get isHandedOver(): boolean {
    return this.rejected !== undefined || (this.backlog.isDurable && this.commands.isEmpty);
  }

  private keepAll(frames: readonly NumberedFrame[]): void {
    for (const frame of frames) this.keep(frame);
    const bytes = frames.reduce((sum, frame) => sum + frame.bytes.length, 0);
    if (bytes > 0) this.deps.markPending(this, bytes);
  }

  /** Makes a frame of the bytes that wait for others. */
  private endBlock(): void {
    this.blockEnd?.cancel();
    this.blockEnd = undefined;
    this.keepAll(this.numbering.endBlock());
  }

  private keep(frame: NumberedFrame): void {
    this.backlog.append(frame);
    if (isCommandKind(frame.kind) && !this.commands.append(frame)) this.warnUnfindable(frame);
    this.count();
  }

  /** Returns true if a frame may be kept. Memory is bounded for senders that respect hasRoom; excess frames go to disk, where the limit is hard. */
  private canKeep(kind: FrameKind, bytes: number): boolean {
    const waiting = this.numbering.openBytes;
    const isOverrun = this.backlog.memoryBytes + waiting >= 2 * this.deps.limits.sessionBytes;
    if (isOverrun) this.spill();
    if (!this.backlog.isSpooling) return true;
    const isRaw = isRawKind(kind);
    // Frames that a failing disk did not take are in memory: output and input must not grow there without limit either.
    const isLagging = isRaw && this.backlog.memoryBytes + waiting >= 2 * this.deps.limits.sessionBytes;
    return !isLagging && this.deps.space.hasRoom(bytes + waiting, !isRaw);
  }

  private warnUnfindable(frame: HeldFrame): void {
    this.deps.logger.error(
      { ...ofSession(this.meta.session_id), seq: String(frame.seq) },
      'the spool is full: a command is recorded, but a search may not find it',
    );
    this.deps.onDropped(frame.bytes.length);
  }

  /** Moves frames to disk; there is room again when they are written. */
  private spill(): void {
    if (this.backlog.isSpooling) return;
    this.backlog.moveToDisk();
    void this.backlog.synced().then(() => this.settle());
  }

  /** Drops a frame; a gap frame will say so. */
  private drop(channel: number, kind: FrameKind, payload: Buffer): void {
    if (this.gaps.isEmpty) this.deps.logger.error({ ...ofSession(this.meta.session_id) }, 'the spool is full: the recording gets a gap');
    this.gaps.add(channel, kind, payload);
    this.deps.onDropped(payload.length);
    if (this.mode === 'strict') this.fail('no more of the session can be kept');
  }

  /** Writes gap frames as soon as there is room, and at the end even without room: every gap must be marked. */
  private writeGaps(isLast = false): void {
    if (this.gaps.isEmpty || this.rejected !== undefined || !(isLast || this.canKeep(FrameKind.gap, 1024))) return;
    for (const { channel, fact } of this.gaps.take('spool-full')) {
      this.keepAll(this.numbering.frames(channel, FrameKind.gap, encodePayload(FrameKind.gap, fact)));
    }
  }

  private isFull(): boolean {
    const { limits, load } = this.deps;
    // A strict session does not rely on the disk: bytes there count as if they were in memory.
    const bytes = (this.mode === 'strict' ? this.backlog.unackedBytes : this.backlog.memoryBytes) + this.numbering.openBytes;
    return bytes >= limits.sessionBytes || (load.memoryBytes >= limits.totalBytes && bytes >= limits.sessionFloorBytes);
  }

  /** Returns for how long the recorder is disconnected, or has stored nothing of this session, in milliseconds. */
  private stalledMs(): number {
    const now = this.deps.clock.monotonic();
    return now - Math.min(this.progressAt, this.deps.load.awaySince ?? now);
  }

  private fail(why: string): void {
    if (this.mode !== 'strict' || this.unrecordableWhy !== undefined) return;
    this.unrecordableWhy = why;
    for (const call of this.unrecordable) call(why);
  }

  private count(): void {
    this.deps.load.memoryBytes += this.backlog.memoryBytes - this.countedBytes;
    this.countedBytes = this.backlog.memoryBytes;
  }

  /** Wakes the callers that wait for room or for the end. */
  private settle(): void {
    this.count();
    this.changed.resolve();
    this.changed = Promise.withResolvers();
    if (!this.hasRoom()) return;
    const woken = this.waitingForRoom;
    this.waitingForRoom = [];
    for (const wake of woken) wake();
  }
}
