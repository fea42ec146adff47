import { Inject, Injectable } from '@nestjs/common';
import type { Clock, Ctx } from '@sallyport/context';
import type { Logger } from '@sallyport/telemetry';
import { CLOCK, LOGGER, type Job } from '../../platform/index.js';
import { SessionLeases } from './session-leases.service.js';
import { SESSION_SETTINGS, type SessionSettings } from './session-settings.js';

const EVERY_MS = 2_000;
/** A round that comes this late was held up: the process or its machine was stopped, or its clock was set. */
const STALL_MS = 3 * EVERY_MS;
const FORGET_EVERY_MS = 3_600_000;

/**
 * Closes sessions whose gateway is gone. It reaps only after core and its database have worked for one whole lease:
 * while core was away gateways could not renew, and every session looks overdue.
 */
@Injectable()
export class LeaseReaper implements Job {
  readonly name = 'lease-reaper';
  readonly everyMs = EVERY_MS;
  #wellSince: number | undefined;
  #lastRound: number | undefined;
  #forgotAt: number | undefined;

  constructor(
    private readonly leases: SessionLeases,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(SESSION_SETTINGS) private readonly settings: SessionSettings,
  ) {}

  async run(ctx: Ctx): Promise<void> {
    const now = this.clock.now();
    if (this.#lastRound !== undefined && Math.abs(now - this.#lastRound) > STALL_MS) this.#wellSince = undefined;
    this.#lastRound = now;
    try {
      await this.reapOverdue(ctx, now);
    } catch (error) {
      this.#wellSince = undefined;
      throw error;
    }
  }

  private async reapOverdue(ctx: Ctx, now: number): Promise<void> {
    this.#wellSince ??= now;
    if (now - this.#wellSince < this.settings.leaseSeconds * 1000) return this.leases.check(ctx);
    const lost = await this.leases.reap(ctx);
    if (lost > 0) this.logger.warn({ lost }, 'sessions are lost: their gateways stopped renewing');
    if (this.#forgotAt !== undefined && now - this.#forgotAt < FORGET_EVERY_MS) return;
    await this.leases.forgetGone(ctx);
    this.#forgotAt = now;
  }
}
