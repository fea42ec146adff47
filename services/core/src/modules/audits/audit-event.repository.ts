import { Injectable } from '@nestjs/common';
import type { Ctx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import type { NewAuditEvent } from './audit-event.entity.js';
import { EVENT_COLUMNS, insertEventSql } from './audit-event.sql.js';
import type { LinkedEvent } from './audit-link.entity.js';

const INSERT = insertEventSql('$1');

/** Events in the order of the chain. An event that is missing leaves a gap. */
const LINKED = `
  SELECT l.seq, l.prev_hash AS "prevHash", l.hash, ${EVENT_COLUMNS}
  FROM core.audit_link l JOIN core.audit_event e ON e.id = l.event_id`;
const AFTER = `${LINKED} WHERE l.seq > $1 ORDER BY l.seq LIMIT $2`;
const HASHES = `SELECT l.seq, l.hash FROM core.audit_link l JOIN core.audit_event e ON e.id = l.event_id WHERE l.seq = ANY ($1::bigint[])`;

const BY_ID = `
  SELECT l.seq, l.prev_hash AS "prevHash", l.hash, ${EVENT_COLUMNS}
  FROM core.audit_event e LEFT JOIN core.audit_link l ON l.event_id = e.id WHERE e.id = ANY ($1::uuid[])`;

type LinkedRow = Omit<LinkedEvent, 'seq'> & { readonly seq: string };

/** An event, and its place if it has one yet. */
export type FoundEvent = NewAuditEvent & (Pick<LinkedEvent, 'seq' | 'prevHash' | 'hash'> | { readonly seq: null });

/** Writes audit events, and reads them with their places in the chain. */
@Injectable()
export class AuditEventRepository {
  constructor(private readonly database: Database) {}

  /** Inserts an event (see `eventJson`) without a lock. It has no place in the chain yet. */
  async insert(ctx: Ctx, event: string): Promise<void> {
    await this.database.prepared(ctx, 'audit-event-insert', INSERT, [event]);
  }

  /** Returns the hashes of events by number; an event that is missing is not among them. */
  async hashesOf(ctx: Ctx, seqs: readonly bigint[]): Promise<Map<bigint, Buffer>> {
    if (seqs.length === 0) return new Map();
    const rows = await this.database.sql<{ seq: string; hash: Buffer }[]>(ctx, HASHES, [seqs.map(String)]);
    return new Map(rows.map(({ seq, hash }) => [BigInt(seq), hash]));
  }

  /** Returns the events behind a place of the chain, in its order: one chain holds the events of all organizations. */
  async after(ctx: Ctx, seq: bigint, limit: number): Promise<LinkedEvent[]> {
    const rows = await this.database.sql<LinkedRow[]>(ctx, AFTER, [seq.toString(), limit]);
    return rows.map((row) => ({ ...row, seq: BigInt(row.seq) }));
  }

  /** Returns events by id, with their places. An event that is missing is not among them. */
  async find(ctx: Ctx, ids: readonly string[]): Promise<Map<string, FoundEvent>> {
    if (ids.length === 0) return new Map();
    const rows = await this.database.sql<(NewAuditEvent & { seq: string | null; prevHash: Buffer; hash: Buffer })[]>(ctx, BY_ID, [ids]);
    return new Map(rows.map((row) => [row.id, row.seq === null ? { ...row, seq: null } : { ...row, seq: BigInt(row.seq) }]));
  }
}
