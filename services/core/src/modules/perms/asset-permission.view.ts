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
export type EveryColumnDecided = AssertNever<Exclude<keyof AssetPermissionEntity, Shown>>;

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
  org: permission.orgId,
  created_by: permission.createdBy,
  date_created: permission.dateCreated.toISOString(),
  date_updated: permission.dateUpdated.toISOString(),
});
