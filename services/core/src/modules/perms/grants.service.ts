import { Inject, Injectable } from '@nestjs/common';
import type { Clock, Ctx } from '@sallyport/context';
import { CLOCK } from '../../platform/index.js';
import { DEFAULT_ORG_ID } from '../orgs/index.js';
import { GrantRepository, type Candidate, type CandidateAsset, type SessionUse } from './grant.repository.js';
import { decideAccess } from './permission.policy.js';

/** An account that the user may use now. */
export interface UsableAccount {
  readonly id: string;
  readonly username: string;
  /** The permission that allows it. */
  readonly permissionId: string;
  /** When that ends; null: never. */
  readonly until: Date | null;
}

/** An asset that the user may reach now, with at least one account. */
export interface GrantedAsset extends CandidateAsset {
  readonly accounts: readonly UsableAccount[];
}

/** A page of them. */
export interface GrantedPage {
  readonly count: number;
  readonly assets: readonly GrantedAsset[];
}

/** What people may reach. Says nothing of what they may not: a hidden asset and a missing one look alike. */
@Injectable()
export class Grants {
  constructor(
    private readonly grants: GrantRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** A page of what the user may reach now, by name. Three queries, however long the page. */
  async findGranted(ctx: Ctx, userId: string, page: { search: string; limit: number; offset: number }): Promise<GrantedPage> {
    const now = this.now();
    const { count, rows } = await this.grants.pageOfGranted(ctx, userId, now, page);
    return { count, assets: allowed(await this.grants.candidatesOf(ctx, userId, rows), now) };
  }

  /** Assets with this id, name or address (whatever its case) that the user may reach now, each with the accounts they may use. One query. */
  async findTarget(ctx: Ctx, userId: string, assetText: string): Promise<readonly GrantedAsset[]> {
    return allowed(await this.grants.candidates(ctx, DEFAULT_ORG_ID, userId, assetText), this.now());
  }

  /** Why a target is not to be had, for the audit log alone: it tells what exists. */
  async explainRefusal(ctx: Ctx, userId: string, target: { asset: string; account: string }): Promise<string> {
    const candidates = await this.grants.candidates(ctx, DEFAULT_ORG_ID, userId, target.asset);
    if (candidates.length === 0) return 'no-such-asset';
    const meant = candidates.filter(({ question }) => target.account === '' || question.account.username === target.account);
    const decisions = meant.map(({ question }) => decideAccess(question, this.now()));
    const denied = decisions.find((each) => each.decision === 'deny');
    return denied?.reason ?? (meant.length === 0 ? 'no-such-account' : 'ambiguous');
  }

  /** Of live sessions the ids of those that would still be allowed now. One query. */
  async stillGranted(ctx: Ctx, uses: readonly SessionUse[]): Promise<ReadonlySet<string>> {
    return uses.length === 0 ? new Set() : this.grants.stillGranted(ctx, this.now(), uses);
  }

  private now(): Date {
    return new Date(this.clock.now());
  }
}

/** What of the candidates is allowed, in their order, by asset. */
function allowed(candidates: readonly Candidate[], now: Date): GrantedAsset[] {
  const byAsset = new Map<string, CandidateAsset & { accounts: UsableAccount[] }>();
  for (const { asset, accountId, question } of candidates) {
    const decision = decideAccess(question, now);
    if (decision.decision === 'deny') continue;
    const granted = byAsset.get(asset.id) ?? { ...asset, accounts: [] };
    granted.accounts.push({
      id: accountId,
      username: question.account.username,
      permissionId: decision.permissionId,
      until: decision.until,
    });
    byAsset.set(asset.id, granted);
  }
  return [...byAsset.values()];
}
