import type { AssetPermissionView } from '@sallyport/contracts';
import type { AssertNever } from '../../resource/index.js';
import type { AssetPermissionEntity, FullPermission } from './asset-permission.entity.js';

type Shown =
  | 'id'
  | 'orgId'
  | 'name'
  | 'accounts'
  | 'dateStart'
  | 'dateExpired'
  | 'isActive'
  | 'comment'
  | 'createdBy'
  | 'dateCreated'
  | 'dateUpdated';
/** REST does not show actions yet. */
type Hidden = 'actions';
export type EveryColumnDecided = AssertNever<Exclude<keyof AssetPermissionEntity, Shown | Hidden>>;

/** Returns a permission as REST shows it. */
export const toAssetPermissionView = (permission: FullPermission, now: Date): AssetPermissionView => ({
  id: permission.id,
  name: permission.name,
  users: [...permission.users],
  assets: [...permission.assets],
  accounts: permission.accounts,
  is_active: permission.isActive,
  is_effective: permission.isActive && permission.dateStart <= now && (permission.dateExpired === null || permission.dateExpired > now),
  date_start: permission.dateStart.toISOString(),
  date_expired: permission.dateExpired?.toISOString() ?? null,
  comment: permission.comment,
  warnings: warningsOf(permission),
  org: permission.orgId,
  created_by: permission.createdBy,
  date_created: permission.dateCreated.toISOString(),
  date_updated: permission.dateUpdated.toISOString(),
});

/** Returns what a permission lacks to allow anything. */
function warningsOf({ users, assets, accounts, unmatchedAccounts }: FullPermission): string[] {
  const lacks = (list: readonly string[], noun: string): string[] =>
    list.length === 0 ? [`It names no ${noun}, so it allows nothing`] : [];
  const unmatched = assets.length === 0 ? [] : unmatchedAccounts.map((account) => `None of its assets has an account "${account}"`);
  return [...lacks(users, 'user'), ...lacks(assets, 'asset'), ...lacks(accounts, 'account'), ...unmatched];
}
