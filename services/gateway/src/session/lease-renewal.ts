import { EndReason } from '@sallyport/proto-gen/access/v1/session';
import type { Clock, Timer } from '@sallyport/context';
import type { Logger } from '@sallyport/telemetry';
import type { AccessPeer } from '../peers/access-peer.js';
import { orderedByCore } from './session-end.js';
import type { SessionRegistry } from './session-registry.js';

export interface LeaseRenewalDeps {
  access: Pick<AccessPeer, 'renewLeases'>;
  registry: SessionRegistry;
  clock: Clock;
  logger: Logger;
  gatewayId: string;
}

/** Without a session: how often core hears that this gateway is there. */
const HEARTBEAT_MS = 10_000;
/** After a failure: core may be back any moment, and sessions wait to be renewed. */
const RETRY_MS = 2_000;

/** Renews all sessions in one call, three times per lease. While core is away sessions go on; when it is back they are renewed first. */
export class LeaseRenewal {
  private timer: Timer | undefined;
  private address = '';
  private dueAt = 0;
  private isStopped = false;
  private problem: string | undefined = 'core was not asked yet';

  constructor(private readonly deps: LeaseRenewalDeps) {}

  /** `address`: the host:port users connect to, for core's list of gateways. */
  start(address: string): void {
    this.address = address;
    void this.round();
  }

  /** A session was added: its lease may be shorter than the wait for the next round. */
  hurry(): void {
    const waitMs = (this.deps.registry.shortestLeaseMs() ?? Infinity) / 3;
    if (!this.timer || this.dueAt <= this.deps.clock.monotonic() + waitMs) return;
    this.timer.cancel();
    this.wait(waitMs);
  }

  stop(): void {
    this.isStopped = true;
    this.timer?.cancel();
  }

  /** What was wrong at the last round; undefined when core answered. */
  lastError(): string | undefined {
    return this.problem;
  }

  private async round(): Promise<void> {
    this.timer = undefined;
    const isWell = await this.renew();
    const thirdOfLease = (this.deps.registry.shortestLeaseMs() ?? Infinity) / 3;
    if (!this.isStopped) this.wait(Math.min(isWell ? HEARTBEAT_MS : RETRY_MS, thirdOfLease));
  }

  private wait(ms: number): void {
    this.dueAt = this.deps.clock.monotonic() + ms;
    this.timer = this.deps.clock.timeout(ms, () => void this.round());
  }

  private async renew(): Promise<boolean> {
    const { access, registry, gatewayId } = this.deps;
    try {
      const { end } = await access.renewLeases({ gatewayId, address: this.address, sessionIds: registry.ids() });
      for (const { sessionId, reason, message } of end)
        registry.get(sessionId)?.end(orderedByCore(reason || EndReason.TERMINATED, message));
      this.setProblem(undefined);
      return true;
    } catch (error) {
      this.setProblem((error as Error).message);
      return false;
    }
  }

  private setProblem(problem: string | undefined): void {
    if ((problem === undefined) !== (this.problem === undefined)) {
      if (problem) this.deps.logger.warn({ problem }, 'core is away; sessions go on');
      else this.deps.logger.info('core answers');
    }
    this.problem = problem;
  }
}
