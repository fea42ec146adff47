import { Injectable } from '@nestjs/common';
import type { Ctx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import type { NewAuditEvent } from './audit-event.entity.js';
import { EVENT_COLUMNS } from './audit-event.sql.js';
import { AuditHeadEntity, type LinkedEvent } from './audit-link.entity.js';

/*
 * The search for events that wait misses none and reads no history.
 *
 * A position is given when an event is inserted, but the event is seen when its transaction commits, perhaps after later positions. So the head
 * keeps `linked_position`: no event up to it can appear any more. It moves in two rounds. One round reads the last position P that was given,
 * and after that the number X that the next transaction will have. A transaction has its number before its events have positions
 * (core.next_audit_position), so a transaction from X on has positions above P alone. A later round, which sees that every transaction below X
 * has ended, and links all that it sees, moves `linked_position` to P.
 *
 * Behind `linked_position` a round reads each event and looks for its link: the events of about two rounds. While a transaction of any database
 * of the server stays open, they are the events since it began. A dump that is put back on another server may have a `next_xid` of the future:
 * the round starts over with a new pair.
 */

/** The head of the chain: number and hash of its last event. */
export interface ChainHead {
  readonly seq: bigint;
  readonly hash: Buffer;
}

/** The head as a round of linking needs it. */
export type LockedHead = ChainHead &
  Pick<AuditHeadEntity, 'linkedPosition' | 'nextPosition' | 'nextXid'> & { readonly lastPosition: bigint };

/** Events without a place, and the numbers of transactions when they were read: the oldest that ran, and the next one. */
export interface Waiting {
  readonly events: readonly NewAuditEvent[];
  readonly oldestXid: bigint;
  readonly nextXid: bigint;
}

const LAST_POSITION = '(SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM core.audit_event_position_seq)';

const LOCK_HEAD = `
  SELECT h.seq, h.hash, h.linked_position AS "linkedPosition", h.next_position AS "nextPosition", h.next_xid AS "nextXid",
         ${LAST_POSITION} AS "lastPosition"
  FROM core.audit_head h WHERE h.id = 1 FOR NO KEY UPDATE OF h`;

const IS_BEHIND = `SELECT h.linked_position < ${LAST_POSITION} AS "isBehind" FROM core.audit_head h WHERE h.id = 1`;

/** OFFSET 0: one look at the index per event, never a join with the whole chain. */
const WAITING = `
  SELECT now.oldest, now.next, e.*
  FROM (SELECT pg_snapshot_xmin(s)::text AS oldest, pg_snapshot_xmax(s)::text AS next FROM pg_current_snapshot() s) now
  LEFT JOIN LATERAL (
    SELECT e.position, ${EVENT_COLUMNS} FROM core.audit_event e
    WHERE e.position > $1 AND NOT EXISTS (SELECT FROM core.audit_link l WHERE l.event_id = e.id OFFSET 0)
    ORDER BY e.position LIMIT $2) e ON true
  ORDER BY e.position`;

const APPEND = `
  WITH linked AS (
    INSERT INTO core.audit_link (seq, event_id, prev_hash, hash)
    SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::bytea[], $4::bytea[]))
  UPDATE core.audit_head SET seq = $5, hash = $6, linked_position = $7, next_position = $8, next_xid = $9 WHERE id = 1`;

const OLDEST_UNLINKED = `
  SELECT e.id, e.date_created AS "dateCreated" FROM core.audit_event e
  WHERE e.date_created < $1 AND NOT EXISTS (SELECT FROM core.audit_link l WHERE l.event_id = e.id)
  ORDER BY e.date_created LIMIT 1`;

type Texts<T> = { readonly [K in keyof T]: T[K] extends bigint ? string : T[K] };

/** Stores the places of events in the chain, and its head. */
@Injectable()
export class AuditLinkRepository {
  constructor(private readonly database: Database) {}

  async readHead(ctx: Ctx): Promise<ChainHead> {
    return there(await this.database.global(ctx, AuditHeadEntity).find({ id: 1 }));
  }

  /** Returns the head, locked until the transaction ends: one process links at a time. */
  async lockHead(ctx: Ctx): Promise<LockedHead> {
    const [row] = await this.database.prepared<Texts<LockedHead>>(ctx, 'audit-lock-head', LOCK_HEAD, []);
    const { seq, hash, linkedPosition, nextPosition, nextXid, lastPosition } = there(row);
    const [linked, next, xid, last] = [linkedPosition, nextPosition, nextXid, lastPosition].map(BigInt) as [bigint, bigint, bigint, bigint];
    return { seq: BigInt(seq), hash, linkedPosition: linked, nextPosition: next, nextXid: xid, lastPosition: last };
  }

  /** Returns true if events may wait. It takes no lock. */
  async isBehind(ctx: Ctx): Promise<boolean> {
    const [row] = await this.database.prepared<{ isBehind: boolean }>(ctx, 'audit-is-behind', IS_BEHIND, []);
    return there(row).isBehind;
  }

  /** Returns the events that wait behind `linkedPosition`, in the order of writing. */
  async waiting(ctx: Ctx, linkedPosition: bigint, limit: number): Promise<Waiting> {
    type Row = NewAuditEvent & { oldest: string; next: string; position: string | null };
    const rows = await this.database.sql<Row[]>(ctx, WAITING, [linkedPosition.toString(), limit]);
    const { oldest, next } = there(rows[0]);
    const events = rows.flatMap(({ oldest: _, next: __, position, ...event }) => (position === null ? [] : [event]));
    return { events, oldestXid: BigInt(oldest), nextXid: BigInt(next) };
  }

  /** Appends links and moves the locked head. */
  async append(ctx: Ctx, events: readonly LinkedEvent[], head: Omit<LockedHead, 'lastPosition'>): Promise<void> {
    const column = <K extends keyof LinkedEvent>(name: K) => events.map((event) => event[name]);
    const places = [head.seq, head.hash, head.linkedPosition, head.nextPosition, head.nextXid];
    const values = [column('seq').map(String), column('id'), column('prevHash'), column('hash'), ...places];
    await this.database.prepared(
      ctx,
      'audit-append',
      APPEND,
      values.map((value) => (typeof value === 'bigint' ? value.toString() : value)),
    );
  }

  /** Returns the oldest event without a place that was written before a time. It reads the whole history. */
  async oldestUnlinked(ctx: Ctx, before: Date): Promise<{ id: string; dateCreated: Date } | undefined> {
    const [row] = await this.database.sql<{ id: string; dateCreated: Date }[]>(ctx, OLDEST_UNLINKED, [before]);
    return row;
  }
}

function there<T>(row: T | undefined): T {
  if (row === undefined) throw new Error('the row of core.audit_head is missing');
  return row;
}
