import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { systemCtx, type Clock } from '@sallyport/context';
import type { Logger } from '@sallyport/telemetry';
import { CLOCK, LOGGER, Rounds } from '../../platform/index.js';
import { SessionLeases } from './session-leases.service.js';
import { SESSION_SETTINGS, type SessionSettings } from './session-settings.js';

const TICK_MS = 2_000;
/** A tick that comes this late was held up: this process (or its machine) stood still, or its clock was set. */
const STALL_MS = 3 * TICK_MS;

/**
 * Looks for sessions whose gateway is gone. It reaps only after core has been well (turning, with its database) for one whole
 * lease: as long as core was away no gateway could renew, and all would look dead.
 */
@Injectable()
export class LeaseReaper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #stop = new AbortController();
  readonly #rounds: Rounds;
  #wellSince: number | undefined;
  #lastTick: number | undefined;

  constructor(
    private readonly leases: SessionLeases,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(SESSION_SETTINGS) private readonly settings: SessionSettings,
  ) {
    this.#rounds = new Rounds(clock, TICK_MS, () => this.tick());
  }

  onApplicationBootstrap(): void {
    this.#rounds.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    this.#stop.abort();
    return this.#rounds.stop();
  }

  /** One look; the timer calls it. */
  async tick(): Promise<void> {
    const now = this.clock.now();
    if (this.#lastTick !== undefined && Math.abs(now - this.#lastTick) > STALL_MS) this.#wellSince = undefined;
    this.#lastTick = now;
    try {
      await this.look(now);
    } catch (error) {
      this.#wellSince = undefined;
      this.logger.warn({ err: error }, 'leases could not be checked');
    }
  }

  private async look(now: number): Promise<void> {
    const ctx = systemCtx('lease-reaper', this.#stop.signal);
    this.#wellSince ??= now;
    if (now - this.#wellSince < this.settings.leaseSeconds * 1000) return this.leases.check(ctx);
    const lost = await this.leases.reap(ctx);
    if (lost > 0) this.logger.warn({ lost }, 'sessions are lost: their gateways stopped renewing');
  }
}
