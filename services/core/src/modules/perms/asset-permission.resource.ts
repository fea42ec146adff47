import { ALL_ACCOUNTS, type AssetPermissionListQuery, type AssetPermissionUpdate, type AssetPermissionView } from '@sallyport/contracts';
import { columnsOf, listPlan, related, resource } from '../../resource/index.js';
import { AssetPermissionEntity, type FullPermission } from './asset-permission.entity.js';
import { permissionNameTaken, permissionNotFound } from './asset-permission.errors.js';
import { toAssetPermissionView } from './asset-permission.view.js';
import { withNamed } from './named-rows.repository.js';

const { plain, time, list } = columnsOf<FullPermission>();

export const permissionResource = resource<AssetPermissionEntity, AssetPermissionUpdate, AssetPermissionView, FullPermission>({
  noun: 'asset-permission',
  nameOf: ({ name }) => name,
  table: (database, ctx) => database.tenant(ctx, AssetPermissionEntity),
  expand: withNamed,
  fields: {
    name: plain('name'),
    users: related(({ users }) => users),
    assets: related(({ assets }) => assets),
    accounts: list('accounts'),
    is_active: plain('isActive'),
    date_start: time('dateStart'),
    date_expired: time('dateExpired'),
    comment: plain('comment'),
  },
  view: toAssetPermissionView,
  notFound: permissionNotFound,
  conflicts: { asset_permission_org_id_name_uq: ({ name = '' }) => permissionNameTaken(name) },
});

const IS_EFFECTIVE =
  'permission.isActive AND permission.dateStart <= :now AND (permission.dateExpired IS NULL OR permission.dateExpired > :now)';

/** Returns the list plan at a time: `is_effective` depends on it. */
export const permissionList = (now: Date) =>
  listPlan<AssetPermissionEntity, AssetPermissionListQuery>({
    alias: 'permission',
    search: ['name', 'comment'],
    filters: {
      name: 'name',
      user: (user) => ({
        sql: 'EXISTS (SELECT 1 FROM core.asset_permission_user pu WHERE pu.permission_id = permission.id AND pu.user_id = :user)',
        parameters: { user },
      }),
      asset: (asset) => ({
        sql: 'EXISTS (SELECT 1 FROM core.asset_permission_asset pa WHERE pa.permission_id = permission.id AND pa.asset_id = :asset)',
        parameters: { asset },
      }),
      account: (account) => ({
        sql: ':account = ANY (permission.accounts) OR :all = ANY (permission.accounts)',
        parameters: { account, all: ALL_ACCOUNTS },
      }),
      is_active: 'isActive',
      is_effective: (isEffective) => ({ sql: isEffective ? IS_EFFECTIVE : `NOT (${IS_EFFECTIVE})`, parameters: { now } }),
    },
    order: { name: 'name', date_start: 'dateStart', date_expired: 'dateExpired', date_created: 'dateCreated' },
  });
