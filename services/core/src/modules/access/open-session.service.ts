import { Inject, Injectable } from '@nestjs/common';
import type { Clock, OrgCtx } from '@sallyport/context';
import type { Refusal } from '@sallyport/proto-gen/access/v1/authenticate';
import { Database } from '../../database/index.js';
import { CLOCK } from '../../platform/index.js';
import { Credentials, type AccountCredential } from '../accounts/index.js';
import { HostKeys, type PinnedKey } from '../assets/index.js';
import { AuditLog } from '../audits/index.js';
import { connectGrant, Grants, type AllowedActions, type GrantedAsset, type UsableAccount } from '../perms/index.js';
import { SessionLifecycle, SessionLeases, type NewSession } from '../sessions/index.js';
import { sessionLimits, type SessionLimits } from './limits.policy.js';
import { SESSION_ID_TAKEN, targetAmbiguous, targetNotGranted } from './refusal.js';
import { toSessionActions } from './session-actions.js';
import { decideTarget, type TypedTarget } from './target.policy.js';
import type { RevokedCredential } from '../users/index.js';
import type { IdentityClaims } from './sign-in-tokens.js';
import type { VerifiedActor } from './verify-sign-in.service.js';

/** The right to dial one asset as one account, once. Only OpenSession creates one. */
export interface AccessGrant {
  readonly session: NewSession;
  readonly asset: GrantedAsset;
  readonly credential: AccountCredential;
  readonly hostKeys: readonly PinnedKey[];
  readonly actions: AllowedActions;
  readonly limits: SessionLimits;
}

export type OpenDecision =
  | { readonly decision: 'allow'; readonly grant: AccessGrant }
  | { readonly decision: 'choose'; readonly asset: GrantedAsset }
  | { readonly decision: 'deny'; readonly refusal: Refusal };

/** The request of a gateway. */
export interface OpenInput {
  readonly sessionId: string;
  readonly target: TypedTarget;
  readonly software: string;
}

interface Chosen {
  readonly asset: GrantedAsset;
  readonly account: UsableAccount;
}

/** Opens sessions. It is the only source of access grants. */
@Injectable()
export class OpenSession {
  constructor(
    private readonly database: Database,
    private readonly grants: Grants,
    private readonly credentials: Credentials,
    private readonly keys: HostKeys,
    private readonly sessions: SessionLifecycle,
    private readonly leases: SessionLeases,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Decides and, if allowed, opens the session: row and audit event are committed together. Refuses a target that is not granted with the
   * same message as one that does not exist. The same session id for the same user, asset, account and gateway returns the same session again.
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

  /**
   * Decides and opens as `open` does, with one statement that reads and one that writes, for a sign-in that was not verified yet. Returns undefined,
   * and changes nothing, where it is not allowed or the session is there: `open` knows why and audits it.
   */
  async openDirectly(
    ctx: OrgCtx,
    { userId, sourceIp, gatewayId, credential }: IdentityClaims,
    input: OpenInput,
  ): Promise<OpenDecision | undefined> {
    const openings = await this.grants.findOpenings(ctx, userId, credential, input.target.asset);
    const decision = decideTarget(openings.assets, input.target);
    if (decision.decision !== 'allow') return decision.decision === 'choose' ? decision : undefined;
    const { asset, account } = decision;
    const { username, secretType, sealedSecret, hostKeys } = openings.of(account.id);
    const secret = this.credentials.unseal({ id: account.id, assetId: asset.id, username: account.username, secretType, sealedSecret });
    const actor = { user: { id: userId, username }, sourceIp, gatewayId, credential };
    const session = { ...this.sessionOf(actor, input, { asset, account }), hostKeyFingerprint: onlyOne(hostKeys) };
    if (!(await this.sessions.open(ctx, session))) return undefined;
    return { decision: 'allow', grant: grantOf(session, { asset, account }, secret, hostKeys) };
  }

  /** Audits the refusal of a session whose sign-in was revoked. */
  async auditRevoked(ctx: OrgCtx, { actor, part }: { actor: VerifiedActor; part: RevokedCredential }, input: OpenInput): Promise<void> {
    await this.auditRefusal(ctx, actor, input, part === 'key' ? 'key removed' : 'password changed');
  }

  private async begin(ctx: OrgCtx, actor: VerifiedActor, input: OpenInput, { asset, account }: Chosen): Promise<OpenDecision> {
    const credential = await this.credentials.open(ctx, account.id);
    const hostKeys = await this.keys.pinned(ctx, asset.id);
    const wanted = { ...this.sessionOf(actor, input, { asset, account }), hostKeyFingerprint: onlyOne(hostKeys) };
    const session = (await this.sessions.open(ctx, wanted)) ? wanted : await this.begunBefore(ctx, wanted);
    if (!session) return this.refuse(ctx, actor, input, SESSION_ID_TAKEN);
    return { decision: 'allow', grant: grantOf(session, { asset, account }, credential, hostKeys) };
  }

  private sessionOf(
    { user, sourceIp, gatewayId, credential }: VerifiedActor,
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
      permissionId: connectGrant(account.actions).permissionId,
      actions: toSessionActions(account.actions),
      signInKeyId: credential.keyId,
      signInPasswordGeneration: credential.passwordGeneration,
      sourceIp,
      clientSoftware: software,
      gatewayId,
      recordingMode: 'strict',
      dateStart,
      dateExpires: sessionLimits(dateStart, account.actions).expiresAt,
      dateLeaseExpires: this.leases.nextExpiry(),
    };
  }

  /** Returns the active session of this id if user, asset, account and gateway are the same. */
  private async begunBefore(ctx: OrgCtx, wanted: NewSession): Promise<NewSession | undefined> {
    const known = await this.sessions.find(ctx, wanted.id);
    const isSame = (['userId', 'assetId', 'accountId', 'gatewayId'] as const).every((name) => known?.[name] === wanted[name]);
    return known && isSame && known.state === 'active' ? { ...wanted, dateStart: known.dateStart } : undefined;
  }

  private async refuse(ctx: OrgCtx, actor: VerifiedActor, input: OpenInput, refusal: Refusal): Promise<OpenDecision> {
    const reason = refusal === SESSION_ID_TAKEN ? 'session-id-taken' : await this.grants.explainRefusal(ctx, actor.user.id, input.target);
    await this.auditRefusal(ctx, actor, input, reason);
    return { decision: 'deny', refusal };
  }

  private async auditRefusal(
    ctx: OrgCtx,
    { user, sourceIp, gatewayId }: VerifiedActor,
    { sessionId, target }: OpenInput,
    reason: string,
  ): Promise<void> {
    await this.audit.write(ctx, {
      type: 'session.refused',
      outcome: 'refused',
      actor: { userId: user.id, username: user.username, sourceIp },
      facts: { ...target, reason, session: sessionId, gateway: gatewayId },
    });
  }
}

const grantOf = (
  session: NewSession,
  { asset, account: { actions } }: Chosen,
  credential: AccountCredential,
  hostKeys: readonly PinnedKey[],
): AccessGrant => ({ session, asset, credential, hostKeys, actions, limits: sessionLimits(session.dateStart, actions) });

/** Returns the fingerprint if one host key is pinned: the gateway accepts only that one. Of several pinned keys the gateway reports the one that it checked. */
const onlyOne = (pinned: readonly PinnedKey[]): string | null => (pinned.length === 1 ? (pinned[0]?.fingerprint ?? null) : null);
