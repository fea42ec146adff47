import type { OrgCtx } from '@sallyport/context';
import type { Database } from '../../database/index.js';
import {
  AssetPermissionAssetEntity,
  AssetPermissionUserEntity,
  type AssetPermissionEntity,
  type FullPermission,
} from './asset-permission.entity.js';
import { unmatchedAccounts } from './unmatched-accounts.repository.js';

/** Rows per INSERT: PostgreSQL takes at most 65,535 parameters. */
const BATCH = 10_000;

/** Returns permissions with the users and assets that they name, and the accounts that are none of these assets'. Three queries. */
export async function withNamed(database: Database, ctx: OrgCtx, permissions: readonly AssetPermissionEntity[]): Promise<FullPermission[]> {
  if (permissions.length === 0) return [];
  const ids = permissions.map(({ id }) => id);
  const isOf = 'named.permissionId = ANY (:ids)';
  const users = await database
    .relation(ctx, AssetPermissionUserEntity)
    .select('named')
    .andWhere(isOf, { ids })
    .orderBy('named.userId')
    .getMany();
  const assets = await database
    .relation(ctx, AssetPermissionAssetEntity)
    .select('named')
    .andWhere(isOf, { ids })
    .orderBy('named.assetId')
    .getMany();
  const usersOf = Map.groupBy(users, ({ permissionId }) => permissionId);
  const assetsOf = Map.groupBy(assets, ({ permissionId }) => permissionId);
  const unmatched = await unmatchedAccounts(database, ctx, ids);
  return permissions.map((permission) => ({
    ...permission,
    users: (usersOf.get(permission.id) ?? []).map(({ userId }) => userId),
    assets: (assetsOf.get(permission.id) ?? []).map(({ assetId }) => assetId),
    unmatchedAccounts: unmatched.get(permission.id) ?? [],
  }));
}

/** Replaces the users that a permission names. */
export async function nameUsers(database: Database, ctx: OrgCtx, permissionId: string, userIds: readonly string[]): Promise<void> {
  const named = database.relation(ctx, AssetPermissionUserEntity);
  await named.delete({ permissionId });
  for (const batch of batchesOf(userIds)) await named.insert(batch.map((userId) => ({ permissionId, userId })));
}

/** Replaces the assets that a permission names. */
export async function nameAssets(database: Database, ctx: OrgCtx, permissionId: string, assetIds: readonly string[]): Promise<void> {
  const named = database.relation(ctx, AssetPermissionAssetEntity);
  await named.delete({ permissionId });
  for (const batch of batchesOf(assetIds)) await named.insert(batch.map((assetId) => ({ permissionId, assetId })));
}

const batchesOf = (ids: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(ids.length / BATCH) }, (_, index) => ids.slice(index * BATCH, (index + 1) * BATCH));
