import { Injectable } from '@nestjs/common';
import type { AuditEventListQuery } from '@sallyport/contracts';
import type { OrgCtx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { listRows } from '../../resource/list-plan.js';
import type { Rows } from '../../resource/rows.js';
import { AuditEventEntity } from './audit-event.entity.js';
import { auditEventList } from './audit-event.list.js';

@Injectable()
export class ListAuditEventsRepository {
  constructor(private readonly database: Database) {}

  list(ctx: OrgCtx, query: AuditEventListQuery): Promise<Rows<AuditEventEntity>> {
    return listRows(this.database.tenant(ctx, AuditEventEntity).select(auditEventList.alias), auditEventList, query);
  }
}
