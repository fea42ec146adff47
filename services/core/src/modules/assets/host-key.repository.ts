import { Injectable } from '@nestjs/common';
import type { HostKeyListQuery } from '@sallyport/contracts';
import type { Ctx } from '@sallyport/context';
import { containing, Database, orderBy } from '../../database/index.js';
import type { Rows } from '../../http/index.js';
import { HostKeyEntity } from './host-key.entity.js';

const ORDER_COLUMNS = { date_created: 'key.dateCreated', algorithm: 'key.algorithm' };

@Injectable()
export class HostKeyRepository {
  constructor(private readonly database: Database) {}

  async add(ctx: Ctx, key: HostKeyEntity): Promise<void> {
    await this.database.manager(ctx).insert(HostKeyEntity, key);
  }

  async remove(ctx: Ctx, id: string): Promise<void> {
    await this.database.manager(ctx).delete(HostKeyEntity, { id });
  }

  async find(ctx: Ctx, assetId: string, id: string): Promise<HostKeyEntity | undefined> {
    return (await this.database.manager(ctx).findOneBy(HostKeyEntity, { id, assetId })) ?? undefined;
  }

  async ofAsset(ctx: Ctx, assetId: string): Promise<HostKeyEntity[]> {
    return this.database.manager(ctx).find(HostKeyEntity, { where: { assetId }, order: { dateCreated: 'ASC', id: 'ASC' } });
  }

  async list(ctx: Ctx, assetId: string, query: HostKeyListQuery): Promise<Rows<HostKeyEntity>> {
    const found = this.database.manager(ctx).createQueryBuilder(HostKeyEntity, 'key').where('key.assetId = :assetId', { assetId });
    if (query.search)
      found.andWhere('(key.fingerprint ILIKE :search OR key.algorithm ILIKE :search)', { search: containing(query.search) });
    const [rows, count] = await orderBy(found, query.order, ORDER_COLUMNS).take(query.limit).skip(query.offset).getManyAndCount();
    return { rows, count };
  }
}
