import { Injectable } from '@nestjs/common';
import type { HostKeyListQuery } from '@sallyport/contracts';
import type { OrgCtx } from '@sallyport/context';
import { Database, type Table } from '../../database/index.js';
import { listRows, type Rows } from '../../resource/index.js';
import { AssetEntity } from './asset.entity.js';
import { HostKeyEntity } from './host-key.entity.js';
import { hostKeyList } from './host-key.list.js';

@Injectable()
export class HostKeyRepository {
  constructor(private readonly database: Database) {}

  add(ctx: OrgCtx, key: HostKeyEntity): Promise<void> {
    return this.table(ctx).insert(key);
  }

  /** Adds the bytes to a key that was approved by its fingerprint alone. */
  async complete(ctx: OrgCtx, id: string, { algorithm, blob }: Pick<HostKeyEntity, 'algorithm' | 'blob'>): Promise<void> {
    await this.table(ctx).update({ id }, { algorithm, blob });
  }

  async remove(ctx: OrgCtx, id: string): Promise<void> {
    await this.table(ctx).delete({ id });
  }

  find(ctx: OrgCtx, assetId: string, id: string): Promise<HostKeyEntity | undefined> {
    return this.table(ctx).find({ id, assetId });
  }

  findOfAsset(ctx: OrgCtx, assetId: string): Promise<HostKeyEntity[]> {
    return this.table(ctx).findAll({ assetId }, { dateCreated: 'ASC', id: 'ASC' });
  }

  list(ctx: OrgCtx, assetId: string, query: HostKeyListQuery): Promise<Rows<HostKeyEntity>> {
    const ofAsset = this.table(ctx).select(hostKeyList.alias).andWhere('key.assetId = :assetId', { assetId });
    return listRows(ofAsset, hostKeyList, query);
  }

  /** Returns the asset, locked until the transaction ends: its keys change one transaction at a time. */
  lockAsset(ctx: OrgCtx, id: string): Promise<AssetEntity | undefined> {
    return this.database.tenant(ctx, AssetEntity).lock({ id });
  }

  findAsset(ctx: OrgCtx, id: string): Promise<AssetEntity | undefined> {
    return this.database.tenant(ctx, AssetEntity).find({ id });
  }

  private table(ctx: OrgCtx): Table<HostKeyEntity> {
    return this.database.tenant(ctx, HostKeyEntity);
  }
}
