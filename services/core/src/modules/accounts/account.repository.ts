import { Injectable } from '@nestjs/common';
import type { AccountListQuery } from '@sallyport/contracts';
import type { Ctx } from '@sallyport/context';
import { containing, Database, orderBy, violatedConstraint } from '../../database/index.js';
import type { Rows } from '../../http/index.js';
import { AccountEntity } from './account.entity.js';
import { AccountUsernameTaken } from './account.errors.js';

/** An account with what people call its asset. */
export interface AccountOnAsset {
  readonly account: AccountEntity;
  readonly asset: { readonly id: string; readonly name: string; readonly address: string };
}

const ORDER_COLUMNS = { username: 'account.username', name: 'account.name', asset: 'asset.name', date_created: 'account.dateCreated' };

@Injectable()
export class AccountRepository {
  constructor(private readonly database: Database) {}

  async add(ctx: Ctx, account: AccountEntity): Promise<void> {
    await named(account.username, this.database.manager(ctx).insert(AccountEntity, account));
  }

  async change(ctx: Ctx, id: string, changes: Partial<Omit<AccountEntity, 'id' | 'orgId' | 'assetId'>>): Promise<void> {
    await named(changes.username ?? '', this.database.manager(ctx).update(AccountEntity, { id }, changes));
  }

  async remove(ctx: Ctx, id: string): Promise<void> {
    await this.database.manager(ctx).delete(AccountEntity, { id });
  }

  async find(ctx: Ctx, id: string): Promise<AccountEntity | undefined> {
    return (await this.database.manager(ctx).findOneBy(AccountEntity, { id })) ?? undefined;
  }

  async findByUsername(ctx: Ctx, assetId: string, username: string): Promise<AccountEntity | undefined> {
    return (await this.database.manager(ctx).findOneBy(AccountEntity, { assetId, username })) ?? undefined;
  }

  async findOnAsset(ctx: Ctx, orgId: string, id: string): Promise<AccountOnAsset | undefined> {
    return (await this.withAssets(this.query(ctx, orgId).andWhere('account.id = :id', { id })))[0];
  }

  async list(ctx: Ctx, orgId: string, query: AccountListQuery): Promise<Rows<AccountOnAsset>> {
    const found = this.query(ctx, orgId);
    if (query.search)
      found.andWhere(
        '(account.username ILIKE :search OR account.name ILIKE :search OR asset.name ILIKE :search OR asset.address ILIKE :search)',
        { search: containing(query.search) },
      );
    if (query.username !== undefined) found.andWhere('account.username = :username', { username: query.username });
    if (query.asset !== undefined) found.andWhere('account.assetId = :asset', { asset: query.asset });
    if (query.secret_type !== undefined) found.andWhere('account.secretType = :secretType', { secretType: query.secret_type });
    if (query.connectivity !== undefined) found.andWhere('account.connectivity = :connectivity', { connectivity: query.connectivity });
    if (query.is_active !== undefined) found.andWhere('account.isActive = :isActive', { isActive: query.is_active });
    const count = await found.getCount();
    return { count, rows: await this.withAssets(orderBy(found, query.order, ORDER_COLUMNS).limit(query.limit).offset(query.offset)) };
  }

  private async withAssets(query: ReturnType<AccountRepository['query']>): Promise<AccountOnAsset[]> {
    const { entities, raw } = await query.getRawAndEntities<{ asset_name: string; asset_address: string }>();
    return entities.map((account, index) => {
      const { asset_name: name = '', asset_address: address = '' } = raw[index] ?? {};
      return { account, asset: { id: account.assetId, name, address } };
    });
  }

  private query(ctx: Ctx, orgId: string) {
    return this.database
      .manager(ctx)
      .createQueryBuilder(AccountEntity, 'account')
      .innerJoin('asset', 'asset', 'asset.id = account.asset_id')
      .addSelect('asset.name', 'asset_name')
      .addSelect('asset.address', 'asset_address')
      .where('account.orgId = :orgId', { orgId });
  }
}

async function named(username: string, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (violatedConstraint(error) === 'account_asset_id_username_uq') throw new AccountUsernameTaken(username);
    throw error;
  }
}
