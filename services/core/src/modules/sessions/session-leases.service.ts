import { Inject, Injectable } from '@nestjs/common';
import { inOrg, type Clock, type Ctx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { CLOCK } from '../../platform/index.js';
import { GatewayLeaseRepository, type SessionDigest } from './gateway-lease.repository.js';
import { SessionLifecycle } from './session-lifecycle.service.js';
import type { SessionEndReason } from './session.entity.js';
import { SessionRepository, type HeldSession, type OverdueSession, type StoredRecording, type ToCheck } from './session.repository.js';
import { SESSION_SETTINGS, type SessionSettings } from './session-settings.js';

/** A check of all sessions of a gateway, in which none had to end. */
export interface LeaseCheck {
  readonly generation: string;
  readonly at: Date;
}

/** A renewed lease, with its last check. */
export interface RenewedLease {
  readonly lastCheck: LeaseCheck | undefined;
}

/** The sessions that a gateway reports as held, by their state in core. */
export interface HeldSessions extends RenewedLease {
  /** Sessions that are active at this gateway. */
  readonly active: readonly { readonly id: string }[];
  /** Active sessions that an earlier list lacked. */
  readonly returned: readonly string[];
  /** Sessions that are not active at this gateway, with the reason if core knows one. */
  readonly ended: readonly { readonly id: string; readonly reason: SessionEndReason }[];
}

/** Sessions per transaction. It is small, so that no transaction locks the audit chain for long. */
const BATCH = 50;

/** Leases of gateways that are gone are kept for so long. */
const KEEP_MS = 24 * 3_600_000;

const NO_SESSION = '00000000-0000-0000-0000-000000000000';

/** Renews the leases of gateways, each for all sessions that it lists, and ends sessions whose lease expired. */
@Injectable()
export class SessionLeases {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionRepository,
    private readonly leases: GatewayLeaseRepository,
    private readonly lifecycle: SessionLifecycle,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SESSION_SETTINGS) private readonly settings: SessionSettings,
  ) {}

  /** Returns the time at which a lease that starts or is renewed now expires. */
  nextExpiry(): Date {
    return new Date(this.clock.now() + this.settings.leaseSeconds * 1000);
  }

  /** Renews the lease of a gateway for the sessions that it lists. Those that the list lacks keep what was left of the lease. */
  async renew(ctx: Ctx, gatewayId: string, ids: readonly string[]): Promise<HeldSessions> {
    const { wasUntil, lastCheck } = await this.extend(ctx, gatewayId);
    const returned = await this.leases.list(ctx, gatewayId, ids, wasUntil);
    const active = await this.leases.held(ctx, gatewayId, ids);
    const held = new Set(active.map((session) => session.id));
    const others = ids.filter((id) => !held.has(id));
    return { lastCheck, active, returned, ended: await this.reasons(ctx, others) };
  }

  /** Renews the lease of a gateway if it still holds the sessions of its last list and those that core opened for it. Returns undefined if not. */
  async renewUnchanged(ctx: Ctx, gatewayId: string, digest: SessionDigest): Promise<RenewedLease | undefined> {
    if (!(await this.isSame(ctx, gatewayId, digest))) return undefined;
    const lease = await this.extend(ctx, gatewayId);
    const isLate = lease.wasUntil !== null && lease.wasUntil.getTime() < this.clock.now();
    // A late renewal may have waited while some of the sessions were ended.
    return isLate && !(await this.isSame(ctx, gatewayId, digest)) ? undefined : lease;
  }

  /** Returns sessions that the gateway lists and that may have to end. */
  async findToCheck(ctx: Ctx, gatewayId: string, which: ToCheck): Promise<HeldSession[]> {
    return this.sessions.findToCheck(ctx, gatewayId, which, new Date(this.clock.now()));
  }

  /** Notes a check of all sessions of a gateway, in which none had to end. */
  async noteCheck(ctx: Ctx, gatewayId: string, check: LeaseCheck): Promise<void> {
    await this.leases.noteCheck(ctx, gatewayId, check);
  }

  /** Stores what recorders have stored of running recordings. */
  async recordStored(ctx: Ctx, gatewayId: string, stored: readonly StoredRecording[]): Promise<void> {
    await this.sessions.recordStored(ctx, gatewayId, stored);
  }

  /** Ends sessions whose gateway did not renew in time as `lost` and returns their number. Several replicas may run it at once. */
  async reap(ctx: Ctx): Promise<number> {
    let reaped = 0;
    for (let taken = BATCH; taken === BATCH; ) {
      const batch = await this.reapBatch(ctx);
      taken = batch.taken;
      reaped += batch.ended;
    }
    return reaped;
  }

  /** Deletes leases of gateways that are gone. */
  async forgetGone(ctx: Ctx): Promise<void> {
    await this.leases.deleteEnded(ctx, new Date(this.clock.now() - KEEP_MS));
  }

  /** Throws if sessions cannot be read now. */
  async check(ctx: Ctx): Promise<void> {
    await this.sessions.findEndReasons(ctx, [NO_SESSION]);
  }

  private async extend(ctx: Ctx, gatewayId: string): Promise<RenewedLease & { readonly wasUntil: Date | null }> {
    const { wasUntil, checkedGeneration, dateChecked } = await this.leases.renew(ctx, gatewayId, this.nextExpiry());
    const isChecked = checkedGeneration !== null && dateChecked !== null;
    return { wasUntil, lastCheck: isChecked ? { generation: checkedGeneration, at: dateChecked } : undefined };
  }

  private async isSame(ctx: Ctx, gatewayId: string, digest: SessionDigest): Promise<boolean> {
    const known = await this.leases.digest(ctx, gatewayId);
    return known.count === digest.count && known.sha256.equals(digest.sha256);
  }

  private reapBatch(ctx: Ctx): Promise<{ taken: number; ended: number }> {
    return this.database.run(ctx, async (inside) => {
      const now = new Date(this.clock.now());
      const taken = await this.sessions.takeOverdue(inside, now, BATCH);
      const overdue = await this.stillOverdue(inside, taken, now);
      for (const session of overdue) {
        const detail = `the gateway ${session.gatewayId} stopped renewing it`;
        const end = { reason: 'lost', endedAt: session.leaseEnded, recording: undefined, detail } as const;
        await this.lifecycle.close(inOrg(inside, session.orgId), session, end);
      }
      return { taken: taken.length, ended: overdue.length };
    });
  }

  /** Returns those whose gateway has not renewed since they were read. From here a late renewal waits, and then hears of their end. */
  private async stillOverdue(ctx: Ctx, taken: readonly OverdueSession[], now: Date): Promise<readonly OverdueSession[]> {
    if (taken.length === 0) return taken;
    const running = await this.leases.lockAndFindRunning(ctx, [...new Set(taken.map(({ gatewayId }) => gatewayId))], now);
    return taken.filter(({ gatewayId, isListed }) => !isListed || !running.has(gatewayId));
  }

  /** Returns the end reasons. A session that core does not know counts as lost, like one that another gateway holds. */
  private async reasons(ctx: Ctx, ids: readonly string[]): Promise<HeldSessions['ended']> {
    const known = new Map((await this.sessions.findEndReasons(ctx, ids)).map(({ id, endReason }) => [id, endReason]));
    return ids.map((id) => ({ id, reason: known.get(id) ?? 'lost' }));
  }
}
