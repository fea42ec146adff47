import type { AuditEventView } from '@sallyport/contracts';
import type { AssertNever } from '../../resource/assert-never.js';
import type { AuditEventEntity } from './audit-event.entity.js';

type Shown =
  | 'id'
  | 'seq'
  | 'orgId'
  | 'type'
  | 'outcome'
  | 'actorKind'
  | 'actorId'
  | 'actorName'
  | 'sourceIp'
  | 'resourceKind'
  | 'resourceId'
  | 'resourceName'
  | 'facts'
  | 'requestId'
  | 'dateCreated'
  | 'prevHash'
  | 'hash';
export type EveryColumnDecided = AssertNever<Exclude<keyof AuditEventEntity, Shown>>;

export const toAuditEventView = (event: AuditEventEntity): AuditEventView => ({
  id: event.id,
  seq: Number(event.seq),
  type: event.type,
  outcome: event.outcome,
  actor: { kind: event.actorKind, id: event.actorId, name: event.actorName, source_ip: event.sourceIp },
  resource: event.resourceKind === null ? null : { kind: event.resourceKind, id: event.resourceId ?? '', name: event.resourceName ?? '' },
  // The view is JSON; its type allows writing, the fact's does not.
  facts: event.facts as AuditEventView['facts'],
  request_id: event.requestId,
  org: event.orgId,
  date_created: event.dateCreated.toISOString(),
  prev_hash: event.prevHash.toString('hex'),
  hash: event.hash.toString('hex'),
});
