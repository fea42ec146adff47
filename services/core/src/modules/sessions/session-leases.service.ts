import { Inject, Injectable } from '@nestjs/common';
import { inOrg, type Clock, type Ctx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { CLOCK } from '../../platform/index.js';
import { EndSession } from './end-session.service.js';
import type { SessionEndReason } from './session.entity.js';
import { SessionRepository, type HeldSession } from './session.repository.js';
import { SESSION_SETTINGS, type SessionSettings } from './session-settings.js';

/** What core knows about the sessions that a gateway holds. */
export interface HeldSessions {
  /** Active ones; their leases are renewed. */
  readonly active: readonly HeldSession[];
  /** Not, or no longer, active at this gateway, with the reason where there is one. */
  readonly ended: readonly { readonly id: string; readonly reason: SessionEndReason }[];
}

/** Sessions taken per transaction, so that the audit chain is never held for long. */
const BATCH = 50;

const NO_SESSION = '00000000-0000-0000-0000-000000000000';

/** Leases: what keeps a session alive, and what becomes of it without. */
@Injectable()
export class SessionLeases {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionRepository,
    private readonly ending: EndSession,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SESSION_SETTINGS) private readonly settings: SessionSettings,
  ) {}

  /** When a lease that is given or renewed now runs out. */
  nextExpiry(): Date {
    return new Date(this.clock.now() + this.settings.leaseSeconds * 1000);
  }

  /** Renews the leases of what this gateway rightly holds. */
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

  /** Ends sessions whose gateway has not renewed in time as `lost`; gives how many. Safe on several replicas at once. */
  async reap(ctx: Ctx): Promise<number> {
    let reaped = 0;
    for (let taken = BATCH; taken === BATCH; reaped += taken) taken = await this.reapBatch(ctx);
    return reaped;
  }

  /** Throws when sessions can't be read now. */
  async check(ctx: Ctx): Promise<void> {
    await this.sessions.findEndReasons(ctx, [NO_SESSION]);
  }

  private reapBatch(ctx: Ctx): Promise<number> {
    return this.database.run(ctx, async (inside) => {
      const overdue = await this.sessions.takeOverdue(inside, new Date(this.clock.now()), BATCH);
      for (const session of overdue) {
        const detail = `the gateway ${session.gatewayId} stopped renewing it`;
        await this.ending.end(inOrg(inside, session.orgId), session, {
          reason: 'lost',
          endedAt: session.dateLeaseExpires,
          lastSeq: 0n,
          detail,
        });
      }
      return overdue.length;
    });
  }

  /** A session that core never heard of counts as lost, like one that another gateway holds. */
  private async reasons(ctx: Ctx, ids: readonly string[]): Promise<HeldSessions['ended']> {
    const known = new Map((await this.sessions.findEndReasons(ctx, ids)).map(({ id, endReason }) => [id, endReason]));
    return ids.map((id) => ({ id, reason: known.get(id) ?? 'lost' }));
  }
}
