import type { NewAuditEvent } from './audit-event.entity.js';

const COLUMNS = {
  id: 'id',
  orgId: 'org_id',
  type: 'type',
  outcome: 'outcome',
  actorKind: 'actor_kind',
  actorId: 'actor_id',
  actorName: 'actor_name',
  sourceIp: 'source_ip',
  resourceKind: 'resource_kind',
  resourceId: 'resource_id',
  resourceName: 'resource_name',
  facts: 'facts',
  requestId: 'request_id',
  dateCreated: 'date_created',
} as const satisfies Record<keyof NewAuditEvent, string>;

const properties = Object.keys(COLUMNS) as (keyof NewAuditEvent)[];
const columnsOf = (alias: string): string => properties.map((property) => `${alias}.${COLUMNS[property]}`).join(', ');

/** Columns of an event under the alias `e`, named as its properties. */
export const EVENT_COLUMNS = properties.map((property) => `e.${COLUMNS[property]} AS "${property}"`).join(', ');

/** Returns an event as the parameter of `insertEventSql`. */
export const eventJson = (event: NewAuditEvent): string =>
  JSON.stringify(Object.fromEntries(properties.map((property) => [COLUMNS[property], event[property]])));

/**
 * Builds the INSERT of the event that a parameter has, for a statement that makes a change: the event is written once per row of `from`, the
 * name of the WITH query that changes.
 */
export const insertEventSql = (parameter: string, from?: string): string => `
  INSERT INTO core.audit_event (${Object.values(COLUMNS).join(', ')})
  SELECT ${columnsOf('event')} FROM json_populate_record(NULL::core.audit_event, ${parameter}::json) AS event${from ? `, ${from}` : ''}`;
