import { Inject, Injectable } from '@nestjs/common';
import type { Clock, OrgCtx } from '@sallyport/context';
import type { Refusal } from '@sallyport/proto-gen/access/v1/authenticate';
import { Database } from '../../database/index.js';
import { CLOCK } from '../../platform/index.js';
import { Credentials, type AccountCredential } from '../accounts/index.js';
import { HostKeys, type PinnedKey } from '../assets/index.js';
import { AuditLog } from '../audits/index.js';
import { Grants, type GrantedAsset, type UsableAccount } from '../perms/index.js';
import { OpenedSessions, SessionLeases, type NewSession } from '../sessions/index.js';
import { sessionLimits, type SessionLimits } from './limits.policy.js';
import { SESSION_ID_TAKEN, targetAmbiguous, targetNotGranted } from './refusal.js';
import type { VerifiedActor } from './verify-sign-in.service.js';
import { decideTarget, type TypedTarget } from './target.policy.js';

/** The right to dial one asset as one account, once. Only OpenSession makes one. */
export interface AccessGrant {
  readonly session: NewSession;
  readonly asset: GrantedAsset;
  readonly credential: AccountCredential;
  readonly hostKeys: readonly PinnedKey[];
  readonly limits: SessionLimits;
}

export type OpenDecision =
  | { readonly decision: 'allow'; readonly grant: AccessGrant }
  | { readonly decision: 'choose'; readonly asset: GrantedAsset }
  | { readonly decision: 'deny'; readonly refusal: Refusal };

/** What a gateway asks for. */
export interface OpenInput {
  readonly sessionId: string;
  readonly target: TypedTarget;
  readonly software: string;
}

interface Chosen {
  readonly asset: GrantedAsset;
  readonly account: UsableAccount;
}

/** Opens sessions: the only source of access grants. */
@Injectable()
export class OpenSession {
  constructor(
    private readonly database: Database,
    private readonly grants: Grants,
    private readonly credentials: Credentials,
    private readonly keys: HostKeys,
    private readonly sessions: OpenedSessions,
    private readonly leases: SessionLeases,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Decides and, when allowed, begins the session: row, audit event and fact are there together or not at all. Refuses what the user
   * may not reach in the words of what does not exist. The same session id for the same use gives the same session again.
   */
  async open(ctx: OrgCtx, actor: VerifiedActor, input: OpenInput): Promise<OpenDecision> {
    return this.database.run(ctx, async (inside) => {
      const decision = decideTarget(await this.grants.findTarget(inside, actor.user.id, input.target.asset), input.target);
      switch (decision.decision) {
        case 'allow':
          return this.begin(inside, actor, input, decision);
        case 'choose':
          return decision;
        case 'deny':
          return this.refuse(
            inside,
            actor,
            input,
            decision.reason === 'ambiguous' ? targetAmbiguous(input.target.asset, decision.assetNames) : targetNotGranted(input.target),
          );
      }
    });
  }

  private async begin(ctx: OrgCtx, actor: VerifiedActor, input: OpenInput, { asset, account }: Chosen): Promise<OpenDecision> {
    const credential = await this.credentials.open(ctx, account.id);
    const hostKeys = await this.keys.pinned(ctx, asset.id);
    const wanted = { ...this.sessionOf(actor, input, { asset, account }), hostKeyFingerprint: onlyOne(hostKeys) };
    const session = (await this.sessions.begin(ctx, wanted)) ? wanted : await this.begunBefore(ctx, wanted);
    if (!session) return this.refuse(ctx, actor, input, SESSION_ID_TAKEN);
    return { decision: 'allow', grant: { session, asset, credential, hostKeys, limits: sessionLimits(session.dateStart, account.until) } };
  }

  private sessionOf(
    { user, sourceIp, gatewayId }: VerifiedActor,
    { sessionId, software }: OpenInput,
    { asset, account }: Chosen,
  ): Omit<NewSession, 'hostKeyFingerprint'> {
    const dateStart = new Date(this.clock.now());
    return {
      id: sessionId,
      orgId: asset.orgId,
      userId: user.id,
      username: user.username,
      assetId: asset.id,
      assetName: asset.name,
      address: asset.address,
      port: asset.port,
      accountId: account.id,
      account: account.username,
      permissionId: account.permissionId,
      sourceIp,
      clientSoftware: software,
      gatewayId,
      recordingMode: 'strict',
      dateStart,
      dateExpires: sessionLimits(dateStart, account.until).expiresAt,
      dateLeaseExpires: this.leases.nextExpiry(),
    };
  }

  /** The active session of this id, when it is the very one that is asked for. */
  private async begunBefore(ctx: OrgCtx, wanted: NewSession): Promise<NewSession | undefined> {
    const known = await this.sessions.find(ctx, wanted.id);
    const isSame = (['userId', 'assetId', 'accountId', 'gatewayId'] as const).every((name) => known?.[name] === wanted[name]);
    return known && isSame && known.state === 'active' ? { ...wanted, dateStart: known.dateStart } : undefined;
  }

  private async refuse(
    ctx: OrgCtx,
    { user, sourceIp, gatewayId }: VerifiedActor,
    { sessionId, target }: OpenInput,
    refusal: Refusal,
  ): Promise<OpenDecision> {
    const reason = refusal === SESSION_ID_TAKEN ? 'session-id-taken' : await this.grants.explainRefusal(ctx, user.id, target);
    await this.audit.write(ctx, {
      type: 'session.refused',
      outcome: 'refused',
      actor: { userId: user.id, username: user.username, sourceIp },
      facts: { ...target, reason, session: sessionId, gateway: gatewayId },
    });
    return { decision: 'deny', refusal };
  }
}

/** The gateway itself checks a pinned key: where there is one, it is the one that was checked. Of several it says which. */
const onlyOne = (pinned: readonly PinnedKey[]): string | null => (pinned.length === 1 ? (pinned[0]?.fingerprint ?? null) : null);
