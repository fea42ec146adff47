import { Inject, Injectable } from '@nestjs/common';
import type { Clock, Ctx } from '@sallyport/context';
import { EndReason } from '@sallyport/proto-gen/access/v1/session';
import type { EndedSession } from '@sallyport/proto-gen/access/v1/lease';
import { CLOCK } from '../../platform/index.js';
import { Components } from '../components/index.js';
import { Grants } from '../perms/index.js';
import { SignInCredentials, type RevokedCredential } from '../users/index.js';
import { endReasonToPb, SessionLeases, type HeldSession } from '../sessions/index.js';

/** The heartbeat of a gateway. */
export interface Heartbeat {
  readonly gatewayId: string;
  readonly address: string;
  readonly sessionIds: readonly string[];
  readonly stored: readonly { readonly sessionId: string; readonly lastSeq: bigint; readonly link: Buffer }[];
}

@Injectable()
export class RenewLeases {
  constructor(
    private readonly components: Components,
    private readonly leases: SessionLeases,
    private readonly grants: Grants,
    private readonly credentials: SignInCredentials,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Renews the leases of the gateway's sessions and returns the sessions that it must end: an administrator ended them, their user may not connect
   * any more, their sign-in was revoked, or core does not know them as active.
   */
  async renew(ctx: Ctx, { gatewayId, address, sessionIds, stored }: Heartbeat): Promise<EndedSession[]> {
    await this.components.recordHeartbeat(ctx, { id: gatewayId, kind: 'gateway', address, sessionCount: sessionIds.length });
    const positions = stored.map((it) => ({ ...it, link: it.link.toString('hex') }));
    await this.leases.recordStored(ctx, gatewayId, positions);
    const { active, ended } = await this.leases.renew(ctx, gatewayId, sessionIds);
    const granted = await this.grants.stillGranted(
      ctx,
      active.map(({ id, userId, assetId, accountId }) => ({ sessionId: id, userId, assetId, accountId })),
    );
    const revoked = await this.credentials.revoked(
      ctx,
      active.map(({ id, userId, signInKeyId, signInPasswordGeneration }) => ({
        id,
        userId,
        keyId: signInKeyId,
        passwordGeneration: signInPasswordGeneration,
      })),
    );
    const gone = ended.map(({ id, reason }) => ({ sessionId: id, reason: endReasonToPb(reason), message: 'This session has ended.' }));
    const now = new Date(this.clock.now());
    return [...gone, ...active.flatMap((session) => toBeEnded(session, { granted, revoked, now }))];
  }
}

/** Facts about all sessions of a renewal. */
interface Facts {
  readonly granted: ReadonlySet<string>;
  readonly revoked: ReadonlyMap<string, RevokedCredential>;
  readonly now: Date;
}

const REVOKED: Readonly<Record<RevokedCredential, string>> = {
  key: 'This session ended because the SSH key that you signed in with was removed.',
  password: 'This session ended because your password was changed after you signed in.',
};

function toBeEnded(session: HeldSession, { granted, revoked, now }: Facts): EndedSession[] {
  const { id: sessionId, dateTerminateAsked, terminateMessage, dateExpires } = session;
  if (dateTerminateAsked)
    return [{ sessionId, reason: EndReason.TERMINATED, message: terminateMessage || 'An administrator ended this session.' }];
  if (!granted.has(sessionId))
    return [{ sessionId, reason: EndReason.REVOKED, message: 'Your permission for this session was withdrawn or has expired.' }];
  const part = revoked.get(sessionId);
  if (part) return [{ sessionId, reason: EndReason.SIGN_IN_REVOKED, message: REVOKED[part] }];
  // A gateway ends such a session by itself; this ends the session of a gateway that does not.
  if (dateExpires && dateExpires <= now)
    return [{ sessionId, reason: EndReason.MAX_DURATION, message: 'This session ended because it reached its maximum duration.' }];
  return [];
}
