import { canonicalAddress } from '../../platform/canonical-address.js';

/** An asset that the user may connect to now, with its usable accounts. */
export interface Reachable {
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly accounts: readonly { readonly id: string; readonly username: string }[];
}

/** The target as the user typed it; `account` is empty if the user named none. */
export interface TypedTarget {
  readonly asset: string;
  readonly account: string;
}

/** The meaning of a typed target. */
export type TargetDecision<A extends Reachable> =
  | { readonly decision: 'allow'; readonly asset: A; readonly account: A['accounts'][number] }
  | { readonly decision: 'choose'; readonly asset: A }
  | { readonly decision: 'deny'; readonly reason: 'not-granted' }
  | { readonly decision: 'deny'; readonly reason: 'ambiguous'; readonly assetNames: readonly string[] };

/**
 * Finds the one asset and account that a typed target means. It looks at granted assets only. An asset that is not granted
 * is therefore refused like one that does not exist.
 */
export function decideTarget<A extends Reachable>(reachable: readonly A[], target: TypedTarget): TargetDecision<A> {
  const matches = assetsMeant(reachable, target.asset).flatMap((asset) => {
    const accounts = asset.accounts.filter(({ username }) => target.account === '' || username === target.account);
    return accounts.length > 0 ? [{ asset, accounts }] : [];
  });
  const [match, ...others] = matches;
  const [account, ...moreAccounts] = match?.accounts ?? [];
  if (!match || !account) return { decision: 'deny', reason: 'not-granted' };
  if (others.length > 0) return { decision: 'deny', reason: 'ambiguous', assetNames: matches.map(({ asset }) => asset.name) };
  return moreAccounts.length > 0 ? { decision: 'choose', asset: match.asset } : { decision: 'allow', asset: match.asset, account };
}

/**
 * Matches by id, then by name, then by address, so that no asset hides another by an address that equals the other's name. An IPv6 address may be
 * typed in any spelling.
 */
function assetsMeant<A extends Reachable>(reachable: readonly A[], typed: string): readonly A[] {
  const address = canonicalAddress(typed);
  for (const [field, wanted] of [['id', typed] as const, ['name', typed] as const, ['address', address] as const]) {
    const found = reachable.filter((asset) => asset[field].toLowerCase() === wanted.toLowerCase());
    if (found.length > 0) return found;
  }
  return [];
}
