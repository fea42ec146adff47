import { FORMAT_VERSION, FrameKind, encodePayload, type SessionMeta } from '@sallyport/recording-format';
import { toAppError } from '@sallyport/errors';
import type { Clock } from '@sallyport/context';
import type { Logger } from '@sallyport/telemetry';
import { isOurFault, type SshConnection } from '../ssh/index.js';
import type { RecordingOpener, SessionRecording } from '../taps/recording-port.js';
import type { AccessGrant, GrantFacts } from './access-grant.js';
import type { AssetDialer } from './asset-dialer.js';
import { connectionLost, finished, idle, maxDuration, notDialled, reasonText, unrecordable, type SessionEnd } from './session-end.js';
import { LimitWatch } from './session-limits.js';
import { nextState, type SessionEvent, type SessionState } from './session.machine.js';
import { SessionOver } from './session.errors.js';

/** What runs in a session: one relayed channel. */
export interface SessionParticipant {
  /** The session ends: say these words and finish. */
  stop(words: string | undefined): void;
  /** Tells the person at the terminal, if there is one. */
  tell(words: string): void;
  /** Resolves when all of it is recorded. */
  readonly done: Promise<unknown>;
}

/** What sessions are made with. */
export interface SessionTools {
  dialer: AssetDialer;
  recordings: RecordingOpener;
  clock: Clock;
  logger: Logger;
  gatewayId: string;
}

/** Who came from where. */
export interface SessionClient {
  sourceIp: string;
}

/** What is known of a session when it is over. */
export interface SessionReport {
  session: Session;
  end: SessionEnd;
  lastSeq: bigint;
  endedAt: Date;
}

/** Channels get this long to finish before the connection to the asset is cut. */
const FINISH_MS = 5_000;

/** One session: one connection to one asset as one account, recorded, within its limits. See session.machine.ts. */
export class Session {
  readonly facts: GrantFacts;
  readonly recording: SessionRecording;
  /** Resolves when the session is over and its recording handed over. */
  readonly over: Promise<SessionReport>;
  private readonly reported = Promise.withResolvers<SessionReport>();
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
    client: SessionClient,
    private readonly tools: SessionTools,
  ) {
    this.facts = grant.facts;
    this.over = this.reported.promise;
    this.recording = tools.recordings.open(metaOf(grant.facts, client, tools.gatewayId), grant.facts.recordingMode);
    this.recording.onUnrecordable((why) => this.end(unrecordable(why)));
    // A session that can't be recorded from the start dials nothing.
    this.dialling = this.isAlive
      ? tools.dialer.dial(grant, this.givingUp.signal)
      : Promise.reject(new SessionOver('The session ended before it began'));
    this.dialling.then(
      (connection) => this.dialled(connection),
      (error: unknown) => this.end(notDialled(toAppError(error))),
    );
  }

  get isAlive(): boolean {
    return this.state === 'opening' || this.state === 'active';
  }

  /** The connection to the asset; rejects when there is none, after the participants were told why. */
  async connected(): Promise<SshConnection> {
    const connection = await this.dialling;
    if (!this.isAlive) throw new SessionOver('The session has ended');
    return connection;
  }

  /** The number of a further channel within the recording, from 1. */
  nextChannel(): number {
    this.channels += 1;
    return this.channels;
  }

  /** A session that has ended says so to whoever comes late. */
  join(participant: SessionParticipant): void {
    if (this.ending) return participant.stop(this.ending.words);
    this.participants.add(participant);
    void participant.done.finally(() => this.participants.delete(participant));
  }

  /** Somebody did something: the idle time begins anew. */
  touch(): void {
    this.limits?.touch();
  }

  tell(words: string): void {
    for (const participant of this.participants) participant.tell(words);
  }

  /** Ends the session once; later calls change nothing. */
  end(end: SessionEnd): void {
    if (!this.step('end')) return;
    this.ending = end;
    this.tools.logger.info({ session: this.facts.sessionId, reason: reasonText(end.reason), detail: end.detail }, 'session ends');
    this.limits?.stop();
    if (!this.connection) this.givingUp.abort();
    for (const participant of [...this.participants]) participant.stop(end.words);
    void this.wrapUp(end).then((report) => this.reported.resolve(report));
  }

  private dialled(connection: SshConnection): void {
    if (!this.step('dialled')) return connection.disconnect('The session has ended');
    this.connection = connection;
    connection.attach({
      onChannelOpen: (request) => request.refuse('prohibited', 'Assets open no channels through this gate'),
      onGlobalRequest: () => undefined,
      onClose: (cause) => {
        if (cause && isOurFault(cause))
          this.tools.logger.error({ err: cause, session: this.facts.sessionId }, 'a connection to an asset failed');
        this.end(this.participants.size > 0 ? connectionLost(this.facts.assetName, cause) : finished('the asset closed the connection'));
      },
    });
    const { idleTimeoutMs } = this.facts;
    this.limits = new LimitWatch(this.facts, this.tools.clock, (limit) =>
      this.end(limit === 'idle' ? idle(idleTimeoutMs ?? 0) : maxDuration()),
    );
  }

  private async wrapUp(end: SessionEnd): Promise<SessionReport> {
    const endedAt = new Date(this.tools.clock.now());
    const allDone = Promise.allSettled([...this.participants].map((participant) => participant.done));
    await Promise.race([allDone, this.tools.clock.sleep(FINISH_MS)]);
    this.connection?.disconnect('The session has ended');
    const lastSeq = await this.closeRecording(end);
    this.step('reported');
    return { session: this, end, lastSeq, endedAt };
  }

  /** The last frame's number; 0 when that can't be said. */
  private async closeRecording({ reason, detail }: SessionEnd): Promise<bigint> {
    try {
      this.recording.append(
        0,
        FrameKind.end,
        Buffer.from(encodePayload(FrameKind.end, { reason: reasonText(reason), detail: detail.slice(0, 1000) })),
      );
      return (await this.recording.close()).lastSeq;
    } catch (error) {
      this.tools.logger.error({ err: error, session: this.facts.sessionId }, 'a recording could not be closed');
      return 0n;
    }
  }

  private step(event: SessionEvent): boolean {
    const next = nextState(this.state, event);
    if (next) this.state = next;
    return next !== undefined;
  }
}

const metaOf = (facts: GrantFacts, client: SessionClient, gatewayId: string): SessionMeta => ({
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
