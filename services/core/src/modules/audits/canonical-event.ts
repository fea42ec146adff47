import { createHash } from 'node:crypto';
import type { AuditEventEntity } from './audit-event.entity.js';

/** What the hash of an event covers: all of the row but the hash itself. */
export type HashedEvent = Omit<AuditEventEntity, 'hash'>;

/** Hash of the event before the first. */
export const CHAIN_START = Buffer.alloc(32);

/**
 * SHA-256 over the event as JSON with its fields in this order and its facts by name.
 * The order and the spelling are the format: changing them breaks every chain in the field.
 */
export function hashEvent(event: HashedEvent): Buffer {
  const { seq, prevHash, facts, dateCreated } = event;
  const text = JSON.stringify([
    seq.toString(),
    prevHash.toString('hex'),
    event.id,
    event.orgId,
    event.type,
    event.outcome,
    event.actorKind,
    event.actorId,
    event.actorName,
    event.sourceIp,
    event.resourceKind,
    event.resourceId,
    event.resourceName,
    Object.entries(facts).sort(byName),
    event.requestId,
    dateCreated.toISOString(),
  ]);
  return createHash('sha256').update(text).digest();
}

const byName = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : a > b ? 1 : 0);
