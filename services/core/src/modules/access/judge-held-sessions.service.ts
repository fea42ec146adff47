import { Inject, Injectable } from '@nestjs/common';
import type { Clock, Ctx } from '@sallyport/context';
import { EndReason } from '@sallyport/proto-gen/access/v1/session';
import type { EndedSession } from '@sallyport/proto-gen/access/v1/lease';
import { CLOCK } from '../../platform/index.js';
import { AccessChanges, Grants } from '../perms/index.js';
import { SessionLeases, type HeldSession, type LeaseCheck } from '../sessions/index.js';
import { SignInCredentials, type RevokedCredential } from '../users/index.js';

/** A check of all sessions covers those that began this much before it: a session is judged at every renewal until then, as its opening may overlap a change. */
const OPENING_MS = 60_000;

/** Finds the sessions that their gateway must end. It looks at all of them after a change of rights, and once a minute; else only at those that are due. */
@Injectable()
export class JudgeHeldSessions {
  constructor(
    private readonly changes: AccessChanges,
    private readonly leases: SessionLeases,
    private readonly grants: Grants,
    private readonly credentials: SignInCredentials,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Returns sessions to be ended. `returned` are those that were not listed at the last check. */
  async judge(ctx: Ctx, gatewayId: string, last: LeaseCheck | undefined, returned: readonly string[]): Promise<EndedSession[]> {
    const { isNeeded, ...check } = await this.changes.begin(ctx, last);
    const since = new Date((last ?? check).at.getTime() - OPENING_MS);
    const sessions = await this.leases.findToCheck(ctx, gatewayId, { isAll: isNeeded, since, ids: returned });
    const facts = await this.factsOf(ctx, sessions);
    const ended = sessions.flatMap((session) => toBeEnded(session, facts));
    // A session that has to end is named at every renewal until it is closed.
    if (isNeeded && ended.length === 0) await this.leases.noteCheck(ctx, gatewayId, check);
    return ended;
  }

  private async factsOf(ctx: Ctx, sessions: readonly HeldSession[]): Promise<Facts> {
    const granted = await this.grants.stillGranted(
      ctx,
      sessions.map(({ id, userId, assetId, accountId }) => ({ sessionId: id, userId, assetId, accountId })),
    );
    const revoked = await this.credentials.revoked(
      ctx,
      sessions.map(({ id, userId, signInKeyId, signInPasswordGeneration }) => ({
        id,
        userId,
        keyId: signInKeyId,
        passwordGeneration: signInPasswordGeneration,
      })),
    );
    return { granted, revoked, now: new Date(this.clock.now()) };
  }
}

/** Facts about the sessions of a renewal. */
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
