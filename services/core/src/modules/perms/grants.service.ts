import { Inject, Injectable } from '@nestjs/common';
import type { Clock, Ctx, OrgCtx } from '@sallyport/context';
import { CLOCK } from '../../platform/index.js';
import type { AllowedActions, RightEnd } from './action.js';
import type { SignInCredential } from '../users/index.js';
import {
  GrantRepository,
  type Candidate,
  type CandidateAsset,
  type Opening,
  type PermittedUse,
  type SessionUse,
} from './grant.repository.js';
import { decideAccess } from './permission.policy.js';

/** An account that the user may connect to now. */
export interface UsableAccount {
  readonly id: string;
  readonly username: string;
  /** Contains at least "connect". */
  readonly actions: AllowedActions;
}

/** An asset with at least one account that the user may connect to now. */
export interface GrantedAsset extends CandidateAsset {
  readonly accounts: readonly UsableAccount[];
}

/** A page of granted assets with the total count. */
export interface GrantedPage {
  readonly count: number;
  readonly assets: readonly GrantedAsset[];
}

/** Assets that a user may open a session on, with the row that has all that the session needs. */
export interface Openings {
  readonly assets: readonly GrantedAsset[];
  /** Throws for an account that is not granted. */
  of(accountId: string): Opening;
}

/** Finds the assets and accounts that a user may connect to. A hidden asset and a missing one look alike in its answers. */
@Injectable()
export class Grants {
  constructor(
    private readonly grants: GrantRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Returns a page of the assets that the user may connect to now, ordered by name. Runs three queries, however long the page. */
  async findGranted(ctx: OrgCtx, userId: string, page: { search: string; limit: number; offset: number }): Promise<GrantedPage> {
    const now = this.now();
    const { count, rows } = await this.grants.pageOfGranted(ctx, userId, now, page);
    return { count, assets: allowed(await this.grants.candidatesOf(ctx, userId, rows), now) };
  }

  /** Returns the granted assets that have this id, name or address, in any case. Runs one query. */
  async findTarget(ctx: OrgCtx, userId: string, assetText: string): Promise<readonly GrantedAsset[]> {
    return allowed(await this.grants.candidates(ctx, userId, assetText), this.now());
  }

  /** Does what `findTarget` does with all that a session needs in the same query. Returns no assets for a sign-in that is not valid any more. */
  async findOpenings(ctx: OrgCtx, userId: string, credential: SignInCredential, assetText: string): Promise<Openings> {
    const openings = (await this.grants.openings(ctx, userId, credential, assetText)).filter(({ revoked }) => revoked === null);
    const byAccount = new Map(openings.map((opening) => [opening.accountId, opening]));
    const of = (accountId: string): Opening => {
      const opening = byAccount.get(accountId);
      if (!opening) throw new Error(`account ${accountId} is not among the granted ones`);
      return opening;
    };
    return { assets: allowed(openings, this.now()), of };
  }

  /** Returns the reason why a target is refused. Only the audit log may contain it, because it reveals what exists. */
  async explainRefusal(ctx: OrgCtx, userId: string, target: { asset: string; account: string }): Promise<string> {
    const candidates = await this.grants.candidates(ctx, userId, target.asset);
    if (candidates.length === 0) return 'no-such-asset';
    const meant = candidates.filter(({ question }) => target.account === '' || question.account.username === target.account);
    const decisions = meant.map(({ question }) => decideAccess(question, this.now()));
    const denied = decisions.find((each) => each.decision === 'deny');
    return denied?.reason ?? (meant.length === 0 ? 'no-such-account' : 'ambiguous');
  }

  /** Returns, by session id, why the user of a live session may not connect any more. Runs one query, and a second one if there are such sessions. */
  async ended(ctx: Ctx, uses: readonly PermittedUse[]): Promise<ReadonlyMap<string, RightEnd>> {
    const granted = await this.stillGranted(ctx, uses);
    const others = uses.filter(({ sessionId }) => !granted.has(sessionId));
    return others.length === 0 ? new Map() : this.grants.rightEnds(ctx, this.now(), others);
  }

  /** Returns the ids of those live sessions whose user may still connect now. Runs one query. */
  async stillGranted(ctx: Ctx, uses: readonly SessionUse[]): Promise<ReadonlySet<string>> {
    return uses.length === 0 ? new Set() : this.grants.stillGranted(ctx, this.now(), uses);
  }

  private now(): Date {
    return new Date(this.clock.now());
  }
}

/** Returns the allowed candidates grouped by asset, in their order. */
function allowed(candidates: readonly Candidate[], now: Date): GrantedAsset[] {
  const byAsset = new Map<string, CandidateAsset & { accounts: UsableAccount[] }>();
  for (const { asset, accountId, question } of candidates) {
    const decision = decideAccess(question, now);
    if (decision.decision === 'deny') continue;
    const granted = byAsset.get(asset.id) ?? { ...asset, accounts: [] };
    granted.accounts.push({
      id: accountId,
      username: question.account.username,
      actions: decision.actions,
    });
    byAsset.set(asset.id, granted);
  }
  return [...byAsset.values()];
}
