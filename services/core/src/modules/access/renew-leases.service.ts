import { Injectable } from '@nestjs/common';
import type { Ctx } from '@sallyport/context';
import type { EndedSession } from '@sallyport/proto-gen/access/v1/lease';
import { Components } from '../components/index.js';
import { endReasonToPb, SessionLeases, type HeldSessions, type SessionDigest } from '../sessions/index.js';
import { JudgeHeldSessions } from './judge-held-sessions.service.js';

/** The heartbeat of a gateway. */
export interface Heartbeat {
  readonly gatewayId: string;
  readonly address: string;
  readonly sessionIds: readonly string[];
  readonly stored: readonly { readonly sessionId: string; readonly lastSeq: bigint; readonly link: Buffer }[];
  /** Stands for the sessions in place of their ids. */
  readonly digest?: SessionDigest | undefined;
}

/** The answer to a heartbeat. */
export interface Renewal {
  readonly end: EndedSession[];
  /** The lease was not renewed, because the digest is not that of the sessions in core. */
  readonly isListNeeded: boolean;
}

const LIST_NEEDED: Renewal = { end: [], isListNeeded: true };

@Injectable()
export class RenewLeases {
  constructor(
    private readonly components: Components,
    private readonly leases: SessionLeases,
    private readonly held: JudgeHeldSessions,
  ) {}

  /**
   * Renews the lease of the gateway and returns the sessions that it must end: an administrator ended them, their user may not connect any more, their
   * sign-in was revoked, or core does not know them as active. One row is written for the lease, however many sessions there are.
   */
  async renew(ctx: Ctx, heartbeat: Heartbeat): Promise<Renewal> {
    const { gatewayId, address, sessionIds, stored, digest } = heartbeat;
    const sessionCount = digest?.count ?? sessionIds.length;
    await this.components.recordHeartbeat(ctx, { id: gatewayId, kind: 'gateway', address, sessionCount });
    const positions = stored.map((it) => ({ ...it, link: it.link.toString('hex') }));
    await this.leases.recordStored(ctx, gatewayId, positions);
    const held = await this.heldOf(ctx, heartbeat);
    if (!held) return LIST_NEEDED;
    const gone = held.ended.map(({ id, reason }) => ({ sessionId: id, reason: endReasonToPb(reason), message: 'This session has ended.' }));
    const end = [...gone, ...(await this.held.judge(ctx, gatewayId, held.lastCheck, held.returned))];
    return { end, isListNeeded: false };
  }

  /** Renews the lease, if need be for the listed sessions. Returns undefined if a list is needed. */
  private async heldOf(
    ctx: Ctx,
    { gatewayId, sessionIds, digest }: Heartbeat,
  ): Promise<Pick<HeldSessions, 'lastCheck' | 'returned' | 'ended'> | undefined> {
    if (!digest) return this.leases.renew(ctx, gatewayId, sessionIds);
    const lease = await this.leases.renewUnchanged(ctx, gatewayId, digest);
    return lease && { ...lease, returned: [], ended: [] };
  }
}
