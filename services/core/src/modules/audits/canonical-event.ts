import { createHash } from 'node:crypto';
import type { NewAuditEvent } from './audit-event.entity.js';
import type { LinkedEvent } from './audit-link.entity.js';
import type { AuditFact } from './audit-event.js';

/** Parts that the hash of an event covers: the event and its place, but the hash itself. */
export type HashedEvent = Omit<LinkedEvent, 'hash'>;

/** Hash of the event before the first. */
export const CHAIN_START = Buffer.alloc(32);

/** Returns the SHA-256 of the canonical text of an event. */
export const hashEvent = (event: HashedEvent): Buffer => createHash('sha256').update(canonicalEvent(event)).digest();

/** Returns the SHA-256 of an event without a place, to recognize it by. */
export const hashContent = (event: NewAuditEvent): Buffer => hashEvent({ ...event, seq: 0n, prevHash: CHAIN_START });

/**
 * Returns the event as JSON: its columns in this order, its facts sorted by name at every depth.
 * Order and spelling are the format: another one breaks every chain in the field.
 */
export function canonicalEvent(event: HashedEvent): string {
  const { seq, prevHash, facts, dateCreated } = event;
  return JSON.stringify([
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
    Object.entries(facts)
      .sort(byName)
      .map(([name, fact]) => [name, sortedByName(fact)]),
    event.requestId,
    dateCreated.toISOString(),
  ]);
}

/** Returns a fact with the names of its objects sorted: PostgreSQL's jsonb keeps no order. */
function sortedByName(fact: AuditFact): AuditFact {
  if (Array.isArray(fact)) return (fact as readonly AuditFact[]).map(sortedByName);
  if (typeof fact !== 'object' || fact === null) return fact;
  return Object.fromEntries(
    Object.entries(fact as Record<string, AuditFact>)
      .sort(byName)
      .map(([name, value]) => [name, sortedByName(value)]),
  );
}

const byName = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : a > b ? 1 : 0);
