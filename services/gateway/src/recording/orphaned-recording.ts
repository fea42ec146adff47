import type { Ack, IngestRequest, Rejection } from '@sallyport/proto-gen/recording/v1/ingest';
import type { SessionMeta } from '@sallyport/recording-format';
import { type Logger, ofSession } from '@sallyport/telemetry';
import { FrameBacklog } from './frame-backlog.js';
import type { LinkedRecording } from './linked-recording.js';
import { SessionOutbox } from './session-outbox.js';
import type { OrphanedSession } from './spool/spool-folder.js';
import type { SpoolSpace } from './spool/spool-space.js';
import { UnpublishedCommands } from './unpublished-commands.js';

const neverSpools = (): never => {
  throw new Error('an orphaned recording never spools');
};

/** The recording of a session whose gateway died. It is shipped, closed if frames were left, and then removed. */
export class OrphanedRecording implements LinkedRecording {
  readonly meta: SessionMeta;
  private readonly backlog: FrameBacklog;
  private readonly commands: UnpublishedCommands;
  private readonly outbox: SessionOutbox;
  private readonly hasFrames: boolean;
  private isRefused = false;
  private readonly done = Promise.withResolvers<void>();

  constructor(
    session: OrphanedSession,
    space: SpoolSpace,
    private readonly logger: Logger,
    private readonly link: { markPending(recording: LinkedRecording): void; onRefused(): void },
  ) {
    this.meta = session.meta;
    this.hasFrames = session.files.frames !== undefined;
    this.backlog = new FrameBacklog(neverSpools, session.files.frames);
    this.commands = new UnpublishedCommands(neverSpools, space, 0, session.files.commands);
    this.outbox = new SessionOutbox(session.meta, this.backlog, this.commands);
    // No other process closes it. The last frame says if the session was lost or ended.
    if (this.hasFrames) this.outbox.closeAt = this.backlog.lastSeq;
  }

  /** Resolves when the recorder has stored or refused everything. */
  get shipped(): Promise<void> {
    return this.done.promise;
  }

  get isFinished(): boolean {
    return this.isRefused || (this.commands.isEmpty && (!this.hasFrames || this.outbox.isClosed));
  }

  get unackedBytes(): number {
    return this.backlog.unackedBytes;
  }

  /** Returns undefined: it waits on disk, which has a gauge of its own. */
  get waitingSince(): undefined {
    return undefined;
  }

  async next(): Promise<IngestRequest | undefined> {
    return this.isRefused ? undefined : this.outbox.next();
  }

  acked(ack: Ack): void {
    this.outbox.acked(ack);
    this.backlog.durable(ack.durableSeq);
    this.commands.published(ack.publishedSeq);
    this.link.markPending(this);
    if (this.isFinished) void this.spoolAll().then(() => this.done.resolve());
  }

  async refused(rejection: Rejection): Promise<void> {
    this.isRefused = true;
    this.link.onRefused();
    this.logger.error(
      { ...ofSession(this.meta.session_id), code: rejection.code, problem: rejection.message },
      'the recorder refused an orphaned recording',
    );
    await Promise.all([this.backlog.quarantine(), this.commands.quarantine()]);
    this.done.resolve();
  }

  restart(): void {
    this.outbox.restart();
  }

  tick(): void {}

  /** Waits for files that are being removed. Everything else is on disk already. */
  async spoolAll(): Promise<void> {
    await Promise.all([this.backlog.synced(), this.commands.synced()]);
  }
}
