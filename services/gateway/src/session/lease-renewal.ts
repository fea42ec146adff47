import { createHash } from 'node:crypto';
import type { EndedSession, SessionDigest, StoredRecording } from '@sallyport/proto-gen/access/v1/lease';
import { EndReason } from '@sallyport/proto-gen/access/v1/session';
import type { Clock, Timer } from '@sallyport/context';
import type { Logger } from '@sallyport/telemetry';
import type { AccessPeer } from '../peers/access-peer.js';
import { orderedByCore } from './session-end.js';
import type { SessionRegistry } from './session-registry.js';
import { StoredReports } from './stored-reports.js';

export interface LeaseRenewalDeps {
  access: Pick<AccessPeer, 'renewLeases'>;
  registry: SessionRegistry;
  clock: Clock;
  logger: Logger;
  gatewayId: string;
}

/** The interval without a session, by which core knows that this gateway is alive. */
const HEARTBEAT_MS = 10_000;
/** The interval after a failure: core may be back any moment, and leases wait to be renewed. */
const RETRY_MS = 2_000;

/** Renews the lease of all sessions in one call, three times per lease, and reports what is stored of their recordings. While core is unavailable the sessions go on. */
export class LeaseRenewal {
  private readonly storedReports: StoredReports;
  private timer: Timer | undefined;
  private address = '';
  private dueAt = 0;
  private isStopped = false;
  private problem: string | undefined = 'core was not called yet';
  private asking: Promise<unknown> = Promise.resolve();
  private nextAnswer: Promise<ReadonlySet<string> | undefined> | undefined;

  constructor(private readonly deps: LeaseRenewalDeps) {
    this.storedReports = new StoredReports(deps.registry);
  }

  /** Starts to renew. `address` is the host:port that users connect to, for core's list of gateways. */
  start(address: string): void {
    this.address = address;
    void this.round();
  }

  /** Schedules the next round earlier if a new session's lease requires it. */
  reschedule(): void {
    const waitMs = (this.deps.registry.shortestLeaseMs() ?? Infinity) / 3;
    if (!this.timer || this.dueAt <= this.deps.clock.monotonic() + waitMs) return;
    this.timer.cancel();
    this.wait(waitMs);
  }

  stop(): void {
    this.isStopped = true;
    this.timer?.cancel();
  }

  /**
   * Asks core now, without waiting for the next round. Returns the ids of the sessions that core ends; undefined if core is unavailable.
   * However many requests arrive during a call, core is called once more for all of them.
   */
  askNow(): Promise<ReadonlySet<string> | undefined> {
    if (this.nextAnswer) return this.nextAnswer;
    const answer = this.asking.then(() => {
      this.nextAnswer = undefined;
      return this.renew();
    });
    this.nextAnswer = answer;
    this.asking = answer;
    return answer;
  }

  /** Returns the error of the last round, undefined if core answered. */
  lastError(): string | undefined {
    return this.problem;
  }

  private async round(): Promise<void> {
    this.timer = undefined;
    const isRenewed = (await this.renew()) !== undefined;
    const thirdOfLease = (this.deps.registry.shortestLeaseMs() ?? Infinity) / 3;
    if (!this.isStopped) this.wait(Math.min(isRenewed ? HEARTBEAT_MS : RETRY_MS, thirdOfLease));
  }

  private wait(ms: number): void {
    this.dueAt = this.deps.clock.monotonic() + ms;
    this.timer = this.deps.clock.timeout(ms, () => void this.round());
  }

  private async renew(): Promise<ReadonlySet<string> | undefined> {
    const { registry } = this.deps;
    try {
      const stored = this.storedReports.due();
      const end = await this.call(stored);
      this.storedReports.confirm(stored);
      for (const { sessionId, reason, message } of end)
        registry.get(sessionId)?.end(orderedByCore(reason || EndReason.TERMINATED, message));
      this.setProblem(undefined);
      return new Set(end.map(({ sessionId }) => sessionId));
    } catch (error) {
      this.setProblem((error as Error).message);
      return undefined;
    }
  }

  /** Sends a digest of the sessions, and their list only if core asks for it. */
  private async call(stored: StoredRecording[]): Promise<EndedSession[]> {
    const { access, registry, gatewayId } = this.deps;
    const gateway = { gatewayId, address: this.address };
    const answer = await access.renewLeases({ ...gateway, sessionIds: [], stored, digest: digestOf(registry.ids()) });
    if (!answer.isListNeeded) return answer.end;
    return (await access.renewLeases({ ...gateway, sessionIds: registry.ids(), stored: [], digest: undefined })).end;
  }

  private setProblem(problem: string | undefined): void {
    if ((problem === undefined) !== (this.problem === undefined)) {
      if (problem) this.deps.logger.warn({ problem }, 'core is unavailable; sessions go on');
      else this.deps.logger.info('core answers');
    }
    this.problem = problem;
  }
}

/** Returns a short value that two gateways or core share only if they hold the same sessions. */
function digestOf(ids: readonly string[]): SessionDigest {
  const bytes = Buffer.from([...ids].sort().join('').replaceAll('-', ''), 'hex');
  return { count: ids.length, sha256: createHash('sha256').update(bytes).digest() };
}
