import { FORMAT_VERSION, FrameKind, encodePayload, type SessionMeta } from '@sallyport/recording-format';
import { toAppError } from '@sallyport/errors';
import type { Clock } from '@sallyport/context';
import { type Logger, ofSession } from '@sallyport/telemetry';
import type { ClientLogin } from '../auth/index.js';
import { isInternalError, type ChannelOpenRequest, type SshConnection } from '../ssh/index.js';
import type { RecordingEnd, RecordingOpener, SessionRecording } from '../taps/recording-port.js';
import type { AccessGrant, GrantFacts } from './access-grant.js';
import { allowedActions, type Action, type GrantedActions } from './granted-actions.js';
import type { AssetDialer } from './asset-dialer.js';
import { AssetBanner } from './asset-banner.js';
import { assetGone, expired, finished, idle, notDialled, reasonText, unrecordable, type SessionEnd } from './session-end.js';
import { LimitWatch } from './session-limits.js';
import { nextState, type SessionEvent, type SessionState } from './session.machine.js';
import { SessionOver } from './session.errors.js';

/** A channel that belongs to a session. */
export interface SessionParticipant {
  /** Shows the user a message, if there is one, and ends: the session is over. */
  stop(message: string | undefined): void;
  /** Shows a message on the user's terminal, if there is one. */
  notify(message: string): void;
  /** True: its program has ended, or it has none any more. */
  readonly isOver: boolean;
  /** Resolves when all of it is recorded. */
  readonly done: Promise<unknown>;
}

/** The collaborators of a session. */
export interface SessionDeps {
  dialer: AssetDialer;
  recordings: RecordingOpener;
  clock: Clock;
  logger: Logger;
  gatewayId: string;
}

/** The client's connection that a session belongs to. */
export interface SessionClient {
  readonly login: ClientLogin;
  /** Serves or refuses a channel that the session's asset opens towards the client. */
  onAssetChannelOpen(request: ChannelOpenRequest, session: Session): void;
}

/** The facts about a session that is over. */
export interface SessionReport {
  session: Session;
  end: SessionEnd;
  recording: RecordingEnd;
  endedAt: Date;
}

/** The time that channels have to finish before the connection to the asset is closed. */
const FINISH_MS = 5_000;
/** The longest time that channels may take to be recorded once they have closed. Work that waits is bounded by bytes, so only a fault takes as long. */
const RECORD_MS = 600_000;

/** One session: one connection to one asset as one account, recorded, within its limits. Its states are in session.machine.ts. */
export class Session {
  readonly facts: GrantFacts;
  readonly recording: SessionRecording;
  /** Resolves when the session is over and the recorder or the spool has its recording. */
  readonly over: Promise<SessionReport>;
  private readonly reported = Promise.withResolvers<SessionReport>();
  private readonly granted: { readonly actions: GrantedActions };
  private readonly banner = new AssetBanner();
  private readonly participants = new Set<SessionParticipant>();
  private readonly dialling: Promise<SshConnection>;
  private readonly givingUp = new AbortController();
  private connection: SshConnection | undefined;
  private limits: LimitWatch | undefined;
  private ending: SessionEnd | undefined;
  private state: SessionState = 'opening';
  private channels = 0;

  constructor(
    grant: AccessGrant,
    readonly client: SessionClient,
    private readonly deps: SessionDeps,
  ) {
    this.facts = grant.facts;
    this.granted = { actions: grant.actions };
    this.over = this.reported.promise;
    this.recording = deps.recordings.open(metaOf(grant.facts, client.login, deps.gatewayId), grant.facts.recordingMode);
    this.recording.onUnrecordable((why) => this.end(unrecordable(why)));
    // A session that can't be recorded from the start does not dial.
    this.dialling = this.isAlive
      ? deps.dialer.dial(grant, this.givingUp.signal, (text) => this.banner.add(text))
      : Promise.reject(new SessionOver('The session ended before it began'));
    this.dialling.then(
      (connection) => this.dialled(connection),
      (error: unknown) => this.end(notDialled(toAppError(error), this.takeBanner())),
    );
  }

  get isAlive(): boolean {
    return this.state === 'opening' || this.state === 'active';
  }

  /** Returns the number of channels that are open. */
  get openChannels(): number {
    return this.participants.size;
  }

  /** Returns the actions that the grant allows now. */
  allowedActions(): ReadonlySet<Action> {
    return allowedActions(this.granted, new Date(this.deps.clock.now()));
  }

  /** Resolves to the connection to the asset. Rejects, after the participants were stopped with the reason, if there is none. */
  async connected(): Promise<SshConnection> {
    const connection = await this.dialling;
    if (!this.isAlive) throw new SessionOver('The session has ended');
    return connection;
  }

  /** Returns the number of a further channel within the recording, from 1. */
  nextChannel(): number {
    this.channels += 1;
    return this.channels;
  }

  /** Returns, once, what the asset sent for the user to read before the login; else "". */
  takeBanner(): string {
    return this.banner.take();
  }

  /** Adds a participant. A session that has ended stops it at once. */
  join(participant: SessionParticipant): void {
    if (this.ending) return participant.stop(this.ending.message);
    this.participants.add(participant);
    void participant.done.finally(() => this.participants.delete(participant));
  }

  /** Restarts the idle time: there was activity. */
  touch(): void {
    this.limits?.touch();
  }

  notify(message: string): void {
    for (const participant of this.participants) participant.notify(message);
  }

  /** Ends the session. Only the first call has an effect. */
  end(end: SessionEnd): void {
    if (!this.step('end')) return;
    this.ending = end;
    this.deps.logger.info({ ...ofSession(this.facts.sessionId), reason: reasonText(end.reason), detail: end.detail }, 'session ends');
    this.limits?.stop();
    if (!this.connection) this.givingUp.abort();
    for (const participant of [...this.participants]) participant.stop(end.message);
    void this.wrapUp(end).then((report) => this.reported.resolve(report));
  }

  private dialled(connection: SshConnection): void {
    if (!this.step('dialled')) return connection.disconnect('The session has ended');
    this.connection = connection;
    connection.attach({
      onChannelOpen: (request) => this.client.onAssetChannelOpen(request, this),
      onGlobalRequest: () => undefined,
      onClose: (cause) => {
        if (cause && isInternalError(cause))
          this.deps.logger.error({ err: cause, ...ofSession(this.facts.sessionId) }, 'a connection to an asset failed');
        this.end(this.isCutBy(cause) ? assetGone(this.facts.assetName, cause) : finished('the asset closed the connection'));
      },
    });
    const { idleTimeoutMs, expiryReason } = this.facts;
    this.limits = new LimitWatch(this.facts, this.deps.clock, (limit) =>
      this.end(limit === 'idle' ? idle(idleTimeoutMs ?? 0) : expired(expiryReason)),
    );
  }

  /** Returns true if the end of the connection to the asset ends more than a connection that waits for its next channel. */
  private isCutBy(cause: Error | undefined): boolean {
    return cause !== undefined || [...this.participants].some((participant) => !participant.isOver);
  }

  private async wrapUp(end: SessionEnd): Promise<SessionReport> {
    const endedAt = new Date(this.deps.clock.now());
    const allDone = Promise.allSettled([...this.participants].map((participant) => participant.done));
    await this.settles(allDone, FINISH_MS);
    this.connection?.disconnect('The session has ended');
    if (!(await this.settles(allDone, RECORD_MS))) this.markUnfinished();
    const recording = await this.closeRecording(end);
    this.step('reported');
    return { session: this, end, recording, endedAt };
  }

  /** Resolves to true when `done` is settled, to false if that takes longer than `ms`. */
  private settles(done: Promise<unknown>, ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = this.deps.clock.timeout(ms, () => resolve(false));
      void done.finally(() => {
        timer.cancel();
        resolve(true);
      });
    });
  }

  /** Records that channels did not finish: what they still had to report is missing. */
  private markUnfinished(): void {
    this.deps.logger.error(ofSession(this.facts.sessionId), 'channels did not finish, so commands may be missing from a recording');
    const gap = { bytes: 0, why: 'unfinished', stream: 'commands' };
    this.recording.append(0, FrameKind.gap, Buffer.from(encodePayload(FrameKind.gap, gap)));
  }

  /** Closes the recording. Returns its last frame, number 0 if that is unknown. */
  private async closeRecording({ reason, detail }: SessionEnd): Promise<RecordingEnd> {
    try {
      this.recording.append(
        0,
        FrameKind.end,
        Buffer.from(encodePayload(FrameKind.end, { reason: reasonText(reason), detail: detail.slice(0, 1000) })),
      );
      return await this.recording.close();
    } catch (error) {
      this.deps.logger.error({ err: error, ...ofSession(this.facts.sessionId) }, 'a recording could not be closed');
      return { lastSeq: 0n, link: Buffer.alloc(0) };
    }
  }

  private step(event: SessionEvent): boolean {
    const next = nextState(this.state, event);
    if (next) this.state = next;
    return next !== undefined;
  }
}

const metaOf = (facts: GrantFacts, { client }: ClientLogin, gatewayId: string): SessionMeta => ({
  format: FORMAT_VERSION,
  session_id: facts.sessionId,
  org_id: facts.orgId,
  user_id: facts.userId,
  username: facts.username,
  asset_id: facts.assetId,
  asset_name: facts.assetName,
  account: facts.account,
  started_at: facts.startedAt.toISOString(),
  gateway_id: gatewayId,
  asset_address: `${facts.address}:${facts.port}`,
  client_address: client.sourceIp,
  protocol: 'ssh',
});
