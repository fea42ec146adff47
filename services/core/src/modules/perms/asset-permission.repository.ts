import { Injectable } from '@nestjs/common';
import { ALL_ACCOUNTS, type AssetPermissionListQuery } from '@sallyport/contracts';
import type { Ctx } from '@sallyport/context';
import { containing, Database, orderBy, violatedConstraint } from '../../database/index.js';
import type { Rows } from '../../http/index.js';
import { AssetPermissionAssetEntity, AssetPermissionEntity, AssetPermissionUserEntity } from './asset-permission.entity.js';
import { AssetPermissionNameTaken } from './asset-permission.errors.js';

/** A permission with the ids that it names. */
export interface FullPermission {
  readonly permission: AssetPermissionEntity;
  readonly userIds: readonly string[];
  readonly assetIds: readonly string[];
}

const ORDER_COLUMNS = {
  name: 'permission.name',
  date_start: 'permission.dateStart',
  date_expired: 'permission.dateExpired',
  date_created: 'permission.dateCreated',
};

const IS_EFFECTIVE =
  'permission.isActive AND permission.dateStart <= :now AND (permission.dateExpired IS NULL OR permission.dateExpired > :now)';

/** Rows per INSERT; Postgres takes at most 65,535 parameters. */
const BATCH = 10_000;

@Injectable()
export class AssetPermissionRepository {
  constructor(private readonly database: Database) {}

  async add(ctx: Ctx, permission: AssetPermissionEntity): Promise<void> {
    await named(permission.name, this.database.manager(ctx).insert(AssetPermissionEntity, permission));
  }

  async change(ctx: Ctx, id: string, changes: Partial<Omit<AssetPermissionEntity, 'id' | 'orgId'>>): Promise<void> {
    await named(changes.name ?? '', this.database.manager(ctx).update(AssetPermissionEntity, { id }, changes));
  }

  async remove(ctx: Ctx, id: string): Promise<void> {
    await this.database.manager(ctx).delete(AssetPermissionEntity, { id });
  }

  async nameUsers(ctx: Ctx, permissionId: string, userIds: readonly string[]): Promise<void> {
    const manager = this.database.manager(ctx);
    await manager.delete(AssetPermissionUserEntity, { permissionId });
    for (const batch of batches(userIds))
      await manager.insert(
        AssetPermissionUserEntity,
        batch.map((userId) => ({ permissionId, userId })),
      );
  }

  async nameAssets(ctx: Ctx, permissionId: string, assetIds: readonly string[]): Promise<void> {
    const manager = this.database.manager(ctx);
    await manager.delete(AssetPermissionAssetEntity, { permissionId });
    for (const batch of batches(assetIds))
      await manager.insert(
        AssetPermissionAssetEntity,
        batch.map((assetId) => ({ permissionId, assetId })),
      );
  }

  async find(ctx: Ctx, orgId: string, id: string): Promise<FullPermission | undefined> {
    const permission = await this.database.manager(ctx).findOneBy(AssetPermissionEntity, { id, orgId });
    return permission ? (await this.full(ctx, [permission]))[0] : undefined;
  }

  async findByName(ctx: Ctx, orgId: string, name: string): Promise<FullPermission | undefined> {
    const permission = await this.database.manager(ctx).findOneBy(AssetPermissionEntity, { name, orgId });
    return permission ? (await this.full(ctx, [permission]))[0] : undefined;
  }

  async list(ctx: Ctx, orgId: string, query: AssetPermissionListQuery, now: Date): Promise<Rows<FullPermission>> {
    const found = this.database
      .manager(ctx)
      .createQueryBuilder(AssetPermissionEntity, 'permission')
      .where('permission.orgId = :orgId', { orgId });
    if (query.search)
      found.andWhere('(permission.name ILIKE :search OR permission.comment ILIKE :search)', { search: containing(query.search) });
    if (query.name !== undefined) found.andWhere('permission.name = :name', { name: query.name });
    if (query.user !== undefined)
      found.andWhere('EXISTS (SELECT 1 FROM core.asset_permission_user pu WHERE pu.permission_id = permission.id AND pu.user_id = :user)', {
        user: query.user,
      });
    if (query.asset !== undefined)
      found.andWhere(
        'EXISTS (SELECT 1 FROM core.asset_permission_asset pa WHERE pa.permission_id = permission.id AND pa.asset_id = :asset)',
        { asset: query.asset },
      );
    if (query.account !== undefined)
      found.andWhere('(:account = ANY (permission.accounts) OR :all = ANY (permission.accounts))', {
        account: query.account,
        all: ALL_ACCOUNTS,
      });
    if (query.is_active !== undefined) found.andWhere('permission.isActive = :isActive', { isActive: query.is_active });
    if (query.is_effective !== undefined) found.andWhere(query.is_effective ? `(${IS_EFFECTIVE})` : `NOT (${IS_EFFECTIVE})`, { now });
    const [rows, count] = await orderBy(found, query.order, ORDER_COLUMNS).take(query.limit).skip(query.offset).getManyAndCount();
    return { count, rows: await this.full(ctx, rows) };
  }

  private async full(ctx: Ctx, permissions: readonly AssetPermissionEntity[]): Promise<FullPermission[]> {
    const ids = permissions.map(({ id }) => id);
    const manager = this.database.manager(ctx);
    const users =
      ids.length === 0
        ? []
        : await manager
            .createQueryBuilder(AssetPermissionUserEntity, 'named')
            .where('named.permissionId IN (:...ids)', { ids })
            .orderBy('named.userId')
            .getMany();
    const assets =
      ids.length === 0
        ? []
        : await manager
            .createQueryBuilder(AssetPermissionAssetEntity, 'named')
            .where('named.permissionId IN (:...ids)', { ids })
            .orderBy('named.assetId')
            .getMany();
    const full = new Map(
      permissions.map((permission) => [permission.id, { permission, userIds: [] as string[], assetIds: [] as string[] }]),
    );
    for (const { permissionId, userId } of users) full.get(permissionId)?.userIds.push(userId);
    for (const { permissionId, assetId } of assets) full.get(permissionId)?.assetIds.push(assetId);
    return [...full.values()];
  }
}

const batches = (ids: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(ids.length / BATCH) }, (_, index) => ids.slice(index * BATCH, (index + 1) * BATCH));

async function named(name: string, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (violatedConstraint(error) === 'asset_permission_org_id_name_uq') throw new AssetPermissionNameTaken(name);
    throw error;
  }
}
