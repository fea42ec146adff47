import { Injectable } from '@nestjs/common';
import type { AuditEventListQuery } from '@sallyport/contracts';
import type { OrgCtx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { listRows } from '../../resource/list-plan.js';
import type { Rows } from '../../resource/rows.js';
import { AuditEventEntity } from './audit-event.entity.js';
import { AuditEventRepository, type FoundEvent } from './audit-event.repository.js';
import { auditEventList } from './audit-event.list.js';

@Injectable()
export class ListAuditEventsRepository {
  constructor(
    private readonly database: Database,
    private readonly events: AuditEventRepository,
  ) {}

  /** Returns a page of events; one that was written a moment ago may have no place yet. */
  async list(ctx: OrgCtx, query: AuditEventListQuery): Promise<Rows<FoundEvent>> {
    const select = this.database.tenant(ctx, AuditEventEntity).select(auditEventList.alias);
    const { rows, count } = await listRows(select, auditEventList, query);
    const found = await this.events.find(
      ctx,
      rows.map(({ id }) => id),
    );
    return { count, rows: rows.flatMap(({ id }) => found.get(id) ?? []) };
  }
}
