import type { OwnAssetView } from '@sallyport/contracts';
import type { Reach } from './own-assets.js';

/** One account of one asset, as a client reaches it. */
export interface Entry {
  /** Short names for the client's command line, the first for lists. Letters, digits, "." "_" and "-" alone. */
  readonly aliases: readonly [string, ...string[]];
  /** Login name at the gateway. */
  readonly login: string;
  /** The asset's name, for a comment. */
  readonly title: string;
}

/** Entries, and what no client can name. */
export interface Entries {
  readonly entries: readonly Entry[];
  readonly leftOut: readonly string[];
}

/** Names that every client passes on as they are. Any other asset is named by its id, which the gateway takes as well. */
const PLAIN_NAME = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._:-]*$/u;
/** Accounts from before the rule for their names may hold what a client or a template of Ansible would read. */
const UNSAFE_ACCOUNT = /[\s\p{C}#%'"`;&<>|(){}]|^@/u;

/** Returns an entry for each account. One account alone has the asset's name as its alias; of several each has "asset.account". */
export function toEntries({ username, assets }: Reach): Entries {
  const [taken, entries, leftOut] = [new Set<string>(), [] as Entry[], [] as string[]];
  for (const asset of assets) {
    for (const account of asset.accounts) {
      if (UNSAFE_ACCOUNT.test(account.username)) leftOut.push(`${account.username} on ${asset.name}`);
      else entries.push(entryOf(username, asset, account.username, taken));
    }
  }
  return { entries, leftOut };
}

function entryOf(username: string, asset: OwnAssetView, account: string, taken: Set<string>): Entry {
  const name = aliasOf(asset.name) || asset.id;
  const long = free(`${name}.${aliasOf(account) || 'account'}`, asset.id, taken);
  const short = asset.accounts.length === 1 ? [free(name, asset.id, taken)] : [];
  const [first = long, ...others] = [...short, long];
  const target = PLAIN_NAME.test(asset.name) ? asset.name : asset.id;
  return { aliases: [first, ...others], login: `${username}@${account}@${target}`, title: asset.name };
}

/** Returns a text as a part of a name that shells, ssh_config patterns and Ansible's ranges have no meaning for. */
const aliasOf = (text: string): string => text.replaceAll(/[^\p{L}\p{M}\p{N}._-]+/gu, '-').replaceAll(/^[-.]+|[-.]+$/g, '');

/** Returns the alias, or one with a part of the asset's id if another entry has it already. */
function free(alias: string, assetId: string, taken: Set<string>): string {
  const found = [alias, `${alias}-${assetId.slice(-6)}`, `${alias}-${assetId}`].find((each) => !taken.has(each.toLowerCase()));
  const own = found ?? `${alias}-${assetId}-${taken.size}`;
  taken.add(own.toLowerCase());
  return own;
}
