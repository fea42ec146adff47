import { Injectable } from '@nestjs/common';
import type { AuditEventListQuery } from '@sallyport/contracts';
import type { Ctx } from '@sallyport/context';
import { containing, Database, orderBy } from '../../database/index.js';
import type { Rows } from '../../http/index.js';
import { AuditEventEntity } from './audit-event.entity.js';

const ORDER_COLUMNS = { seq: 'event.seq', date_created: 'event.dateCreated' };

@Injectable()
export class ListAuditEventsRepository {
  constructor(private readonly database: Database) {}

  async list(ctx: Ctx, orgId: string, query: AuditEventListQuery): Promise<Rows<AuditEventEntity>> {
    const found = this.database.manager(ctx).createQueryBuilder(AuditEventEntity, 'event').where('event.orgId = :orgId', { orgId });
    if (query.search)
      found.andWhere('(event.actorName ILIKE :search OR event.resourceName ILIKE :search OR event.type ILIKE :search)', {
        search: containing(query.search),
      });
    if (query.type !== undefined) found.andWhere('event.type = :type', { type: query.type });
    if (query.outcome !== undefined) found.andWhere('event.outcome = :outcome', { outcome: query.outcome });
    if (query.user !== undefined) found.andWhere('(event.actorId = :user OR lower(event.actorName) = lower(:user))', { user: query.user });
    if (query.source_ip !== undefined) found.andWhere('event.sourceIp = :sourceIp', { sourceIp: query.source_ip });
    if (query.resource !== undefined) found.andWhere('event.resourceId = :resource', { resource: query.resource });
    if (query.date_from !== undefined) found.andWhere('event.dateCreated >= :from', { from: new Date(query.date_from) });
    if (query.date_to !== undefined) found.andWhere('event.dateCreated < :to', { to: new Date(query.date_to) });
    const [rows, count] = await orderBy(found, query.order, ORDER_COLUMNS).take(query.limit).skip(query.offset).getManyAndCount();
    return { rows, count };
  }
}
