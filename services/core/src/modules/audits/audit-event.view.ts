import type { AuditEventView } from '@sallyport/contracts';
import type { AssertNever } from '../../resource/assert-never.js';
import type { NewAuditEvent } from './audit-event.entity.js';
import type { FoundEvent } from './audit-event.repository.js';

type Shown =
  | 'id'
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
  | 'dateCreated';
export type EveryColumnDecided = AssertNever<Exclude<keyof NewAuditEvent, Shown>>;

export const toAuditEventView = (event: FoundEvent): AuditEventView => ({
  id: event.id,
  seq: event.seq === null ? null : Number(event.seq),
  type: event.type,
  outcome: event.outcome,
  actor: { kind: event.actorKind, id: event.actorId, name: event.actorName, source_ip: event.sourceIp },
  resource: event.resourceKind === null ? null : { kind: event.resourceKind, id: event.resourceId ?? '', name: event.resourceName ?? '' },
  // The view is JSON; its type allows writing, the fact's does not.
  facts: event.facts as AuditEventView['facts'],
  request_id: event.requestId,
  org: event.orgId,
  date_created: event.dateCreated.toISOString(),
  prev_hash: event.seq === null ? null : event.prevHash.toString('hex'),
  hash: event.seq === null ? null : event.hash.toString('hex'),
});
