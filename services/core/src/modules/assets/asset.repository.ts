import { Injectable } from '@nestjs/common';
import type { HostListQuery } from '@sallyport/contracts';
import type { Ctx } from '@sallyport/context';
import { containing, Database, orderBy, violatedConstraint } from '../../database/index.js';
import type { Rows } from '../../http/index.js';
import { AssetEntity } from './asset.entity.js';
import { AssetNameTaken } from './asset.errors.js';

const ORDER_COLUMNS = { name: 'asset.name', address: 'asset.address', date_created: 'asset.dateCreated' };

@Injectable()
export class AssetRepository {
  constructor(private readonly database: Database) {}

  async add(ctx: Ctx, asset: AssetEntity): Promise<void> {
    await named(asset.name, this.database.manager(ctx).insert(AssetEntity, asset));
  }

  async change(ctx: Ctx, id: string, changes: Partial<Omit<AssetEntity, 'id' | 'orgId'>>): Promise<void> {
    await named(changes.name ?? '', this.database.manager(ctx).update(AssetEntity, { id }, changes));
  }

  async remove(ctx: Ctx, id: string): Promise<void> {
    await this.database.manager(ctx).delete(AssetEntity, { id });
  }

  async find(ctx: Ctx, orgId: string, id: string): Promise<AssetEntity | undefined> {
    return (await this.database.manager(ctx).findOneBy(AssetEntity, { id, orgId })) ?? undefined;
  }

  async findByName(ctx: Ctx, orgId: string, name: string): Promise<AssetEntity | undefined> {
    return (await this.database.manager(ctx).findOneBy(AssetEntity, { orgId, name })) ?? undefined;
  }

  async findMany(ctx: Ctx, orgId: string, ids: readonly string[]): Promise<AssetEntity[]> {
    return ids.length === 0
      ? []
      : this.query(ctx, orgId)
          .andWhere('asset.id = ANY (:ids)', { ids: [...ids] })
          .getMany();
  }

  /** Holds an asset until the transaction ends, so that what hangs on it is changed by one at a time. */
  async hold(ctx: Ctx, id: string): Promise<AssetEntity | undefined> {
    const query = this.database.manager(ctx).createQueryBuilder(AssetEntity, 'asset').where('asset.id = :id', { id });
    return (await query.setLock('pessimistic_write').getOne()) ?? undefined;
  }

  async list(ctx: Ctx, orgId: string, query: HostListQuery): Promise<Rows<AssetEntity>> {
    const found = this.query(ctx, orgId).andWhere(`asset.category = 'host'`);
    if (query.search)
      found.andWhere('(asset.name ILIKE :search OR asset.address ILIKE :search OR asset.comment ILIKE :search)', {
        search: containing(query.search),
      });
    if (query.name !== undefined) found.andWhere('asset.name = :name', { name: query.name });
    if (query.address !== undefined) found.andWhere('asset.address = :address', { address: query.address });
    if (query.is_active !== undefined) found.andWhere('asset.isActive = :isActive', { isActive: query.is_active });
    const [rows, count] = await orderBy(found, query.order, ORDER_COLUMNS).take(query.limit).skip(query.offset).getManyAndCount();
    return { rows, count };
  }

  private query(ctx: Ctx, orgId: string) {
    return this.database.manager(ctx).createQueryBuilder(AssetEntity, 'asset').where('asset.orgId = :orgId', { orgId });
  }
}

async function named(name: string, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (violatedConstraint(error) === 'asset_org_id_name_uq') throw new AssetNameTaken(name);
    throw error;
  }
}
