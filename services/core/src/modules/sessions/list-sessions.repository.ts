import { Injectable } from '@nestjs/common';
import type { Ctx } from '@sallyport/context';
import type { SelectQueryBuilder } from 'typeorm';
import { Database } from '../../database/index.js';
import { SessionEntity } from './session.entity.js';
import type { Session } from './session.repository.js';

/** Which sessions to list, in what order. */
export interface SessionFilter {
  readonly state?: Session['state'] | undefined;
  /** Name or id. */
  readonly user?: string | undefined;
  /** Name or id. */
  readonly asset?: string | undefined;
  readonly account?: string | undefined;
  readonly sourceIp?: string | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  /** Part of the user's, asset's or account's name or of an address. */
  readonly search: string;
  readonly order: { readonly field: 'dateStart' | 'dateEnd' | 'username' | 'assetName' | 'account'; readonly direction: 'ASC' | 'DESC' };
  readonly limit: number;
  readonly offset: number;
}

const SEARCHED = ['username', 'asset_name', 'account', 'address', 'source_ip'];

@Injectable()
export class ListSessionsRepository {
  constructor(private readonly database: Database) {}

  async list(ctx: Ctx, orgId: string, filter: SessionFilter): Promise<{ count: number; rows: Session[] }> {
    const query = this.database.manager(ctx).createQueryBuilder(SessionEntity, 'session').where('session.org_id = :orgId', { orgId });
    narrow(query, filter);
    const { field, direction } = filter.order;
    query
      .orderBy(`session.${field}`, direction, 'NULLS LAST')
      .addOrderBy('session.id', direction)
      .limit(filter.limit)
      .offset(filter.offset);
    const [rows, count] = await query.getManyAndCount();
    return { count, rows };
  }
}

function narrow(query: SelectQueryBuilder<SessionEntity>, filter: SessionFilter): void {
  const { state, user, asset, account, sourceIp, from, to, search } = filter;
  if (state) query.andWhere('session.state = :state', { state });
  if (user)
    query.andWhere(isUuid(user) ? '(session.username = :user OR session.user_id = :userId)' : 'session.username = :user', {
      user,
      userId: user,
    });
  if (asset)
    query.andWhere(isUuid(asset) ? '(session.asset_name = :asset OR session.asset_id = :assetId)' : 'session.asset_name = :asset', {
      asset,
      assetId: asset,
    });
  if (account) query.andWhere('session.account = :account', { account });
  if (sourceIp) query.andWhere('session.source_ip = :sourceIp', { sourceIp });
  if (from) query.andWhere('session.date_start >= :from', { from });
  if (to) query.andWhere('session.date_start < :to', { to });
  if (search)
    query.andWhere(`(${SEARCHED.map((column) => `strpos(lower(session.${column}), lower(:search)) > 0`).join(' OR ')})`, { search });
}

/** Only an id is compared as one, so that an index of ids is of use. */
const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
