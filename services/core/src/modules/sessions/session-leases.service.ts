import { Inject, Injectable } from '@nestjs/common';
import { inOrg, type Clock, type Ctx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { CLOCK } from '../../platform/index.js';
import { SessionLifecycle } from './session-lifecycle.service.js';
import type { SessionEndReason } from './session.entity.js';
import { SessionRepository, type HeldSession, type StoredRecording } from './session.repository.js';
import { SESSION_SETTINGS, type SessionSettings } from './session-settings.js';

/** The sessions that a gateway reports as held, by their state in core. */
export interface HeldSessions {
  /** Active sessions, whose leases were renewed. */
  readonly active: readonly HeldSession[];
  /** Sessions that are not active at this gateway, with the reason if core knows one. */
  readonly ended: readonly { readonly id: string; readonly reason: SessionEndReason }[];
}

/** Sessions per transaction. It is small, so that no transaction locks the audit chain for long. */
const BATCH = 50;

const NO_SESSION = '00000000-0000-0000-0000-000000000000';

/** Renews the leases of sessions, and ends sessions whose lease expired. */
@Injectable()
export class SessionLeases {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionRepository,
    private readonly lifecycle: SessionLifecycle,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SESSION_SETTINGS) private readonly settings: SessionSettings,
  ) {}

  /** Returns the time at which a lease that starts or is renewed now expires. */
  nextExpiry(): Date {
    return new Date(this.clock.now() + this.settings.leaseSeconds * 1000);
  }

  /** Renews the leases of those sessions that are active at this gateway. */
  async renew(ctx: Ctx, gatewayId: string, ids: readonly string[]): Promise<HeldSessions> {
    const active = await this.sessions.renew(ctx, gatewayId, ids, this.nextExpiry());
    const held = new Set(active.map((session) => session.id));
    return {
      active,
      ended: await this.reasons(
        ctx,
        ids.filter((id) => !held.has(id)),
      ),
    };
  }

  /** Stores what recorders have stored of running recordings. */
  async recordStored(ctx: Ctx, gatewayId: string, stored: readonly StoredRecording[]): Promise<void> {
    await this.sessions.recordStored(ctx, gatewayId, stored);
  }

  /** Ends sessions whose gateway did not renew in time as `lost` and returns their number. Several replicas may run it at once. */
  async reap(ctx: Ctx): Promise<number> {
    let reaped = 0;
    for (let taken = BATCH; taken === BATCH; reaped += taken) taken = await this.reapBatch(ctx);
    return reaped;
  }

  /** Throws if sessions cannot be read now. */
  async check(ctx: Ctx): Promise<void> {
    await this.sessions.findEndReasons(ctx, [NO_SESSION]);
  }

  private reapBatch(ctx: Ctx): Promise<number> {
    return this.database.run(ctx, async (inside) => {
      const overdue = await this.sessions.takeOverdue(inside, new Date(this.clock.now()), BATCH);
      for (const session of overdue) {
        const detail = `the gateway ${session.gatewayId} stopped renewing it`;
        await this.lifecycle.close(inOrg(inside, session.orgId), session, {
          reason: 'lost',
          endedAt: session.dateLeaseExpires,
          recording: undefined,
          detail,
        });
      }
      return overdue.length;
    });
  }

  /** Returns the end reasons. A session that core does not know counts as lost, like one that another gateway holds. */
  private async reasons(ctx: Ctx, ids: readonly string[]): Promise<HeldSessions['ended']> {
    const known = new Map((await this.sessions.findEndReasons(ctx, ids)).map(({ id, endReason }) => [id, endReason]));
    return ids.map((id) => ({ id, reason: known.get(id) ?? 'lost' }));
  }
}
