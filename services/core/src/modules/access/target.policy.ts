/** An asset that the user may reach now, with the accounts they may use there. */
export interface Reachable {
  readonly assetId: string;
  readonly assetName: string;
  readonly address: string;
  readonly accounts: readonly { readonly id: string; readonly username: string }[];
}

/** What the user typed; `account` is empty when they named none. */
export interface TypedTarget {
  readonly asset: string;
  readonly account: string;
}

/** What is meant by a typed target. */
export type TargetDecision =
  | { readonly decision: 'allow'; readonly assetId: string; readonly accountId: string }
  | { readonly decision: 'choose'; readonly asset: Reachable }
  | { readonly decision: 'deny'; readonly reason: 'not-granted' }
  | { readonly decision: 'deny'; readonly reason: 'ambiguous'; readonly assetNames: readonly string[] };

const NOT_GRANTED: TargetDecision = { decision: 'deny', reason: 'not-granted' };

/**
 * Finds the one asset and account that a typed target means, among what the user may reach and nothing else:
 * whatever is not theirs can neither be hit nor told from what does not exist.
 */
export function decideTarget(reachable: readonly Reachable[], target: TypedTarget): TargetDecision {
  const matches = assetsMeant(reachable, target.asset).map((asset) => withAccount(asset, target.account)).filter((asset) => asset.accounts.length > 0);
  const [asset, ...others] = matches;
  if (!asset) return NOT_GRANTED;
  if (others.length > 0) return { decision: 'deny', reason: 'ambiguous', assetNames: matches.map((it) => it.assetName) };
  const [account, ...moreAccounts] = asset.accounts;
  if (!account) return NOT_GRANTED;
  if (moreAccounts.length > 0) return { decision: 'choose', asset };
  return { decision: 'allow', assetId: asset.assetId, accountId: account.id };
}

/** An id beats a name and a name beats an address, so that nobody can shadow an asset by naming another after its address. */
function assetsMeant(reachable: readonly Reachable[], typed: string): readonly Reachable[] {
  const wanted = typed.toLowerCase();
  const by = [(it: Reachable) => it.assetId, (it: Reachable) => it.assetName, (it: Reachable) => it.address];
  for (const field of by) {
    const found = reachable.filter((it) => field(it).toLowerCase() === wanted);
    if (found.length > 0) return found;
  }
  return [];
}

const withAccount = (asset: Reachable, username: string): Reachable =>
  username === '' ? asset : { ...asset, accounts: asset.accounts.filter((account) => account.username === username) };
