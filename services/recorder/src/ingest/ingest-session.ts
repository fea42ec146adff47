import { backOffMs, type Clock } from '@sallyport/context';
import { AppError } from '@sallyport/errors';
import type { ObjectStore } from '@sallyport/object-store';
import type { CloseRecording as CloseRequest, FrameBatch, IngestResponse, OpenRecording } from '@sallyport/proto-gen/recording/v1/ingest';
import { decodeSessionMeta, type Frame, isSessionId, type SessionMeta } from '@sallyport/recording-format';
import { inSpan, type Logger, ofSession, sessionTrace } from '@sallyport/telemetry';
import type { CloseRecording } from '../close/close-recording.js';
import { closeReceived } from '../close/close-received.js';
import { closeWhole } from '../close/close-whole.js';
import type { ClosedLately } from '../close/closed-lately.js';
import type { ReportAltered } from '../close/report-altered.js';
import type { Publishing } from '../commands/publishing.js';
import { SessionCommands } from '../commands/session-commands.js';
import { chainOf } from '../recording/chain-of.js';
import type { ManifestFile } from '../recording/manifest-file.js';
import { readRecording } from '../recording/read-recording.js';
import { RecordingDamaged, SessionIdInvalid } from '../recording/recording.errors.js';
import { newFrameChain } from '../recording/recorder-seal.js';
import { isFinal, loadRecording } from '../recording/stored-recording.js';
import type { ActiveSessions, SessionHolder } from './active-sessions.js';
import type { ByteBudget } from './byte-budget.js';
import { checkBatch, newFrames } from './check-batch.js';
import { ChainBroken, CloseBeforeEnd, RecordingClosed, SessionMismatch } from './ingest.errors.js';
import { type DurableEnd, type SegmentLimits, SegmentWriter } from './segment-writer.js';

/** Collaborators of every session that is being recorded. */
export interface IngestDeps {
  readonly store: ObjectStore;
  readonly manifests: ManifestFile;
  readonly closing: CloseRecording;
  readonly report: ReportAltered;
  readonly publishing: Publishing;
  readonly active: ActiveSessions;
  readonly lately: ClosedLately;
  readonly budget: ByteBudget;
  readonly limits: SegmentLimits;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * One session on one stream. States: opening (positions are looked up, unless the session is new) → open → closed, or rejected at any time. Its state does not outlive
 * the process: durable frames are in the store, and the gateway has the others and sends them again.
 */
export class IngestSession implements SessionHolder {
  private readonly meta: SessionMeta;
  private writer: SegmentWriter | undefined;
  private commands: SessionCommands | undefined;
  private rejection: AppError | undefined;
  private isClosed = false;
  /** True when the stored manifest is that of a recording that its gateway closed: it takes no more frames. */
  private isFinal = false;
  /** True when the gateway has requested the close and everything that it sent before is closed with it. */
  private isCloseDone = false;
  /** True while the recording is being stored and closed in one step. */
  private isClosing = false;
  private readonly over = new AbortController();
  /** Settles when the session is open, rejected or abandoned. */
  readonly ready: Promise<void>;

  /** Throws an error of kind `invalid` for metadata that can't be read or is another session's. */
  constructor(
    open: OpenRecording,
    private readonly deps: IngestDeps,
    private readonly onChange: () => void,
  ) {
    if (!isSessionId(open.sessionId)) throw new SessionIdInvalid(open.sessionId);
    this.meta = decodeSessionMeta(open.meta);
    if (this.meta.session_id !== open.sessionId) throw new SessionMismatch(open.sessionId, this.meta.session_id);
    deps.active.claim(open.sessionId, this);
    // A store that keeps nothing has nothing to look up.
    this.ready = this.traced('open recording', () => this.open(open.isNew && deps.store.keepsData));
  }

  get sessionId(): string {
    return this.meta.session_id;
  }

  /** Returns true if the gateway has nothing more to send: its close is done and every command is published. */
  get isFinished(): boolean {
    return this.isCloseDone && this.commands?.isDone === true;
  }

  /** Returns the positions for the gateway; undefined before the session is open and after it was abandoned. */
  answer(): IngestResponse | undefined {
    const { sessionId, rejection } = this;
    if (this.over.signal.aborted) return undefined;
    if (rejection !== undefined)
      return { message: { $case: 'rejection', value: { sessionId, code: rejection.code, message: rejection.message } } };
    if (this.writer === undefined || this.commands === undefined) return undefined;
    const positions = { durableSeq: this.writer.durableSeq, publishedSeq: this.commands.publishedSeq };
    // A store that keeps nothing has no chain: the session may have begun at another recorder.
    const link = this.deps.store.keepsData ? this.writer.durableLink : Buffer.alloc(0);
    return { message: { $case: 'ack', value: { sessionId, ...positions, closed: this.isClosed, link } } };
  }

  /** Handles a batch of frames. Frames that were received already are only searched for commands. */
  batch(batch: FrameBatch): void {
    const { writer, commands } = this;
    if (writer === undefined || commands === undefined || this.rejection !== undefined || this.over.signal.aborted) return;
    this.orReject(() => {
      const frames = checkBatch(batch);
      // A store that keeps nothing does not know the position of the session.
      if (!this.deps.store.keepsData && writer.receivedSeq === 0n) writer.receivedSeq = writer.durableSeq = batch.firstSeq - 1n;
      const fresh = newFrames(frames, writer.receivedSeq);
      if (fresh.length > 0 && this.isFinal) throw new RecordingClosed(this.sessionId);
      for (const frame of fresh) writer.take(frame);
      if (fresh.length > 0) this.isClosed = this.isCloseDone = false;
      for (const frame of frames) commands.see(frame);
    });
  }

  /**
   * Stores the rest and writes the manifest. Retries until it works or the session is abandoned. Rejects a close with another chain, and one of
   * a recording that lacks frames which were stored.
   */
  close(end: Pick<CloseRequest, 'lastSeq' | 'link'>): Promise<void> {
    return this.traced('close recording', () => this.storeAndClose(end));
  }

  private async storeAndClose({ lastSeq, link }: Pick<CloseRequest, 'lastSeq' | 'link'>): Promise<void> {
    const { writer } = this;
    if (writer === undefined || this.rejection !== undefined) return;
    if (lastSeq > writer.receivedSeq) return this.reject(new CloseBeforeEnd(this.sessionId, lastSeq, writer.receivedSeq));
    if (await this.closeWhole(writer, { lastSeq, link })) this.isFinal = true;
    else await this.closeStored(writer, { lastSeq, link });
    if (this.over.signal.aborted || this.rejection !== undefined) return;
    if (this.isFinal && this.deps.store.keepsData)
      this.deps.lately.note(this.sessionId, { lastSeq: writer.durableSeq, link: writer.durableLink });
    this.isClosed = this.isCloseDone = true;
    this.durable();
  }

  /** Stores and closes in one step, if it can. What is published meanwhile is reported with the close. */
  private async closeWhole(writer: SegmentWriter, end: Pick<CloseRequest, 'lastSeq' | 'link'>): Promise<boolean> {
    if (!this.deps.store.keepsData) return false;
    this.isClosing = true;
    const isDone = await closeWhole(this.deps, writer, end);
    this.isClosing = false;
    if (!isDone) this.onChange();
    return isDone;
  }

  private async closeStored(writer: SegmentWriter, { lastSeq, link }: Pick<CloseRequest, 'lastSeq' | 'link'>): Promise<void> {
    await writer.finish();
    if (this.over.signal.aborted || this.rejection !== undefined) return;
    if (this.differs(lastSeq, link, writer)) return this.reject(new ChainBroken(this.sessionId, lastSeq));
    await this.untilDone('a recording could not be closed, trying again', async () => {
      this.isFinal = await closeReceived(this.deps, this.sessionId, writer);
    }).catch((error: unknown) => this.rejectDamaged(error));
  }

  /** Returns true if the gateway's last link is not that of the stored frames. */
  private differs(lastSeq: bigint, link: Buffer, writer: SegmentWriter): boolean {
    const isKnown = link.length > 0 && this.deps.store.keepsData && lastSeq === writer.durableSeq;
    return isKnown && !link.equals(writer.durableLink);
  }

  /** Stores the received frames at the end of the stream, then releases the session. */
  async leave(): Promise<void> {
    // Not open yet: nothing was received, so there is nothing to wait for.
    if (this.writer === undefined) this.over.abort();
    await this.ready;
    await this.writer?.flush();
    this.commands?.release();
    this.deps.active.release(this.sessionId, this);
  }

  abandon(): void {
    this.over.abort();
    this.writer?.abandon();
    this.commands?.release();
  }

  /** Runs work in the trace of the session. */
  private traced(name: string, work: () => Promise<void>): Promise<void> {
    return inSpan(name, 'server', sessionTrace(this.sessionId), work);
  }

  private async open(isNew: boolean): Promise<void> {
    // Waits in either case: the stream does not know the session before the constructor has returned.
    const stored = await (isNew ? this.nothing() : this.lookUp().catch((error: unknown) => this.rejectDamaged(error)));
    if (stored === undefined) return;
    const { deps } = this;
    const writerDeps = { ...deps, seals: deps.manifests.seals, lookUp: () => this.lookUpLate() };
    this.writer = new SegmentWriter(this.sessionId, stored, isNew, writerDeps, () => this.durable());
    this.commands = new SessionCommands(this.meta, {
      ...this.deps,
      readStored: (from) => this.readStored(from),
      onPublished: () => {
        if (!this.isClosing) this.onChange();
      },
    });
    this.onChange();
  }

  /** Looks up the last stored frame. Resolves with undefined if the session was rejected or abandoned. Throws RecordingDamaged. */
  private async lookUp(): Promise<DurableEnd | undefined> {
    let found: DurableEnd | undefined;
    await this.untilDone('the state of a recording could not be read, trying again', async () => {
      const stored = await loadRecording(this.deps.store, this.deps.manifests, this.sessionId);
      found = { seq: stored.lastSeq, link: (await chainOf(this.deps, stored)).head };
      this.isClosed = this.isFinal = isFinal(stored);
    });
    return this.over.signal.aborted ? undefined : found;
  }

  /**
   * Looks up a session that was said to be new and is in the store: another recorder has it, or a thief of the bucket put something there. What
   * proves nothing is passed over: the frames are stored beside it, and the close reports it.
   */
  private async lookUpLate(): Promise<DurableEnd | undefined> {
    const found = await this.lookUp().catch((error: unknown) => this.passOver(error));
    if (!this.isFinal || found === undefined || this.writer!.receivedSeq <= found.seq) return found;
    return void this.reject(new RecordingClosed(this.sessionId));
  }

  private passOver(error: unknown): DurableEnd {
    if (!(error instanceof RecordingDamaged)) throw error;
    this.deps.logger.error({ err: error, ...ofSession(this.sessionId) }, 'the store has something under the id of a new session');
    return this.nothing();
  }

  private nothing(): DurableEnd {
    return { seq: 0n, link: newFrameChain(this.sessionId).head };
  }

  private durable(): void {
    if (this.writer !== undefined) this.commands?.durable(this.writer.durableSeq);
    this.onChange();
  }

  private async *readStored(fromSeq: bigint): AsyncGenerator<Frame> {
    const { store, manifests } = this.deps;
    yield* readRecording(store, manifests, await loadRecording(store, manifests, this.sessionId), fromSeq);
  }

  private orReject(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof AppError) || error.kind !== 'invalid') throw error;
      this.reject(error);
    }
  }

  /** Rejects the session for good: frames that were good are stored, no more are accepted. */
  private reject(error: AppError): void {
    this.deps.logger.error({ err: error, ...ofSession(this.sessionId) }, 'a recording was rejected');
    this.rejection = error;
    // The gateway does not close it any more: the end of the session does.
    this.deps.active.release(this.sessionId, this);
    this.onChange();
  }

  private rejectDamaged(error: unknown): undefined {
    if (!(error instanceof RecordingDamaged)) throw error;
    this.reject(error);
  }

  private async untilDone(complaint: string, work: () => Promise<void>): Promise<void> {
    const { signal } = this.over;
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (error instanceof RecordingDamaged) throw error;
        if (attempt === 0) this.deps.logger.warn({ err: error, ...ofSession(this.sessionId) }, complaint);
        await this.deps.clock.sleep(backOffMs(attempt, 200, 5_000), signal).catch(() => undefined);
      }
    }
  }
}
