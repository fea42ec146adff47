import { Inject, Injectable } from '@nestjs/common';
import type { Clock, Ctx } from '@sallyport/context';
import { EndReason } from '@sallyport/proto-gen/access/v1/session';
import type { EndedSession } from '@sallyport/proto-gen/access/v1/lease';
import { CLOCK } from '../../platform/index.js';
import { AccessChanges, Grants, type RightEnd } from '../perms/index.js';
import {
  endReasonToPb,
  SESSION_SETTINGS,
  SessionLeases,
  type HeldSession,
  type LeaseCheck,
  type SessionSettings,
} from '../sessions/index.js';
import { SignInCredentials, type RevokedCredential } from '../users/index.js';
import { credentialEndMessage, MAX_DURATION_REACHED, rightEndMessage, terminationMessage } from './end-message.js';

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
    @Inject(SESSION_SETTINGS) private readonly settings: SessionSettings,
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
    const ended = await this.grants.ended(
      ctx,
      sessions.map(({ id, userId, assetId, accountId, permissionId }) => ({ sessionId: id, userId, assetId, accountId, permissionId })),
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
    return { ended, revoked, now: new Date(this.clock.now()), namesAdmin: this.settings.namesTerminatingAdmin };
  }
}

/** Facts about the sessions of a renewal. */
interface Facts {
  readonly ended: ReadonlyMap<string, RightEnd>;
  readonly revoked: ReadonlyMap<string, RevokedCredential>;
  readonly now: Date;
  readonly namesAdmin: boolean;
}

function toBeEnded(session: HeldSession, { ended, revoked, now, namesAdmin }: Facts): EndedSession[] {
  const { id: sessionId, dateTerminateAsked, terminateAskedBy, terminateMessage, dateExpires } = session;
  const by = namesAdmin ? (terminateAskedBy ?? undefined) : undefined;
  if (dateTerminateAsked) return [{ sessionId, reason: EndReason.TERMINATED, message: terminationMessage(by, terminateMessage ?? '') }];
  const end = ended.get(sessionId);
  if (end) return [{ sessionId, reason: endReasonToPb(end), message: rightEndMessage(end) }];
  const part = revoked.get(sessionId);
  if (part) return [{ sessionId, reason: EndReason.SIGN_IN_REVOKED, message: credentialEndMessage(part) }];
  // A gateway ends such a session by itself; this ends the session of a gateway that does not.
  if (dateExpires && dateExpires <= now) return [{ sessionId, reason: EndReason.MAX_DURATION, message: MAX_DURATION_REACHED }];
  return [];
}
