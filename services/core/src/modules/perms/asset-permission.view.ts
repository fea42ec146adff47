import type { AssetPermissionView } from '@sallyport/contracts';
import type { AssetPermissionEntity } from './asset-permission.entity.js';
import type { FullPermission } from './asset-permission.repository.js';

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
type _EveryColumnDecided = AssertNever<Exclude<keyof AssetPermissionEntity, Shown | Hidden>>;
type AssertNever<T extends never> = T;

export const toAssetPermissionView = ({ permission, userIds, assetIds }: FullPermission, now: Date): AssetPermissionView => ({
  id: permission.id,
  name: permission.name,
  users: [...userIds],
  assets: [...assetIds],
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
