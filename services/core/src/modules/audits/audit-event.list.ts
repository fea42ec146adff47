import type { AuditEventListQuery } from '@sallyport/contracts';
import { atAddress, before, since } from '../../resource/conditions.js';
import { listPlan } from '../../resource/list-plan.js';
import type { AuditEventEntity } from './audit-event.entity.js';

export const auditEventList = listPlan<AuditEventEntity, AuditEventListQuery>({
  alias: 'event',
  search: ['actorName', 'resourceName', 'type'],
  filters: {
    type: 'type',
    outcome: 'outcome',
    user: (user) => ({ sql: 'event.actorId = :user OR lower(event.actorName) = lower(:user)', parameters: { user } }),
    source_ip: atAddress('event.sourceIp'),
    resource: 'resourceId',
    date_from: since('event.dateCreated'),
    date_to: before('event.dateCreated'),
  },
  // Places follow the order of writing, but for events that were written at the same time.
  order: { seq: 'position', date_created: 'dateCreated' },
});
