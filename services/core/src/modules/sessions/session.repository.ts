import { Injectable } from '@nestjs/common';
import type { Ctx, OrgCtx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { SessionEntity, type SessionEndReason, type SessionState } from './session.entity.js';
import type { ClosingSession, NewSession, Session } from './session.js';
import { CLOSE, FIND_CLOSING, OPEN, sessionJson } from './session.sql.js';

export type { ClosingSession, NewSession, Session } from './session.js';

/** Columns that a renewal looks at. */
export type HeldSession = Pick<
  Session,
  | 'id'
  | 'userId'
  | 'assetId'
  | 'accountId'
  | 'signInKeyId'
  | 'signInPasswordGeneration'
  | 'dateTerminateAsked'
  | 'terminateMessage'
  | 'dateExpires'
>;

const RENEW = `
  UPDATE core.session SET date_lease_expires = $1 WHERE state = 'active' AND gateway_id = $2 AND id = ANY ($3)
  RETURNING id, user_id AS "userId", asset_id AS "assetId", account_id AS "accountId",
            sign_in_key_id AS "signInKeyId", sign_in_password_generation AS "signInPasswordGeneration",
            date_terminate_asked AS "dateTerminateAsked", terminate_message AS "terminateMessage", date_expires AS "dateExpires"`;

/** The part of a running recording that a recorder has stored. */
export interface StoredRecording {
  readonly sessionId: string;
  readonly lastSeq: bigint;
  /** Link of that frame, hex. */
  readonly link: string;
}

const RECORD_STORED = `
  UPDATE core.session s SET last_seq = stored.last_seq, recording_link = stored.link
  FROM unnest($2::uuid[], $3::bigint[], $4::text[]) AS stored (id, last_seq, link)
  WHERE s.id = stored.id AND s.state = 'active' AND s.gateway_id = $1 AND coalesce(s.last_seq, 0) < stored.last_seq`;

/** Columns of a session's end. */
export interface SessionEnd {
  readonly state: Exclude<SessionState, 'active'>;
  readonly endReason: SessionEndReason;
  readonly dateEnd: Date;
  readonly lastSeq: bigint | null;
  readonly recordingLink: string | null;
  readonly detail: string;
}

/** A request to end an active session, with the message for its user. */
export interface EndRequest {
  readonly dateTerminateAsked: Date;
  readonly terminateAskedBy: string;
  readonly terminateMessage: string;
}

@Injectable()
export class SessionRepository {
  constructor(private readonly database: Database) {}

  find(ctx: OrgCtx, id: string): Promise<Session | undefined> {
    return this.database.tenant(ctx, SessionEntity).find({ id });
  }

  /** Returns the session, locked until the transaction ends. */
  lock(ctx: OrgCtx, id: string): Promise<Session | undefined> {
    return this.database.tenant(ctx, SessionEntity).lock({ id });
  }

  /** Returns a session of any organization: a gateway holds sessions of all. */
  findHeld(ctx: Ctx, id: string): Promise<Session | undefined> {
    return this.database.everyOrg(ctx, SessionEntity).find({ id });
  }

  /** Returns a session of any organization, locked until the transaction ends. */
  lockHeld(ctx: Ctx, id: string): Promise<Session | undefined> {
    return this.database.everyOrg(ctx, SessionEntity).lock({ id });
  }

  /** Opens a session with its audit event. Returns false, and writes nothing, if a session of this id is there already. */
  async open(ctx: OrgCtx, session: NewSession, event: string): Promise<boolean> {
    if (session.orgId !== ctx.orgId) throw new Error('a session does not belong to the organization of its context');
    return (await this.database.prepared(ctx, 'session-open', OPEN, [sessionJson(session), event])).length > 0;
  }

  /** Returns what the end of a session of any organization needs. */
  async findClosing(ctx: Ctx, id: string): Promise<ClosingSession | undefined> {
    type Row = Omit<ClosingSession, 'lastSeq'> & { lastSeq: string | null };
    const [row] = await this.database.prepared<Row>(ctx, 'session-find-closing', FIND_CLOSING, [id]);
    return row && { ...row, lastSeq: row.lastSeq === null ? null : BigInt(row.lastSeq) };
  }

  /** Returns the active sessions among `ids` that this gateway holds, with a lease until then. One statement without entities: there may be tens of thousands. */
  async renew(ctx: Ctx, gatewayId: string, ids: readonly string[], until: Date): Promise<HeldSession[]> {
    if (ids.length === 0) return [];
    const [rows] = await this.database.sql<[HeldSession[], number]>(ctx, RENEW, [until, gatewayId, [...ids]]);
    return rows;
  }

  /** Stores positions of running recordings. A position never goes back. */
  async recordStored(ctx: Ctx, gatewayId: string, stored: readonly StoredRecording[]): Promise<void> {
    if (stored.length === 0) return;
    const [ids, seqs, links] = [stored.map((it) => it.sessionId), stored.map((it) => String(it.lastSeq)), stored.map((it) => it.link)];
    await this.database.sql(ctx, RECORD_STORED, [gatewayId, ids, seqs, links]);
  }

  /** Returns the end reasons of the sessions that are known. One parameter however many ids there are. */
  async findEndReasons(ctx: Ctx, ids: readonly string[]): Promise<Pick<Session, 'id' | 'endReason'>[]> {
    if (ids.length === 0) return [];
    const select = this.database.everyOrg(ctx, SessionEntity).select('session').select(['session.id', 'session.endReason']);
    return select.andWhere('session.id = ANY (:ids)', { ids: [...ids] }).getMany();
  }

  /** Returns active sessions with a lease that ended before `now`, locked until the transaction ends. Skips those that another replica has locked. */
  takeOverdue(ctx: Ctx, now: Date, limit: number): Promise<Session[]> {
    return this.database
      .everyOrg(ctx, SessionEntity)
      .select('session')
      .andWhere(`session.state = 'active' AND session.date_lease_expires < :now`, { now })
      .orderBy('session.date_lease_expires')
      .limit(limit)
      .setLock('pessimistic_write')
      .setOnLocked('skip_locked')
      .getMany();
  }

  /** Closes an active session with its fact and its audit event. Returns false, and writes nothing, if it is not active. */
  async close(ctx: OrgCtx, id: string, end: SessionEnd, { fact, event }: { fact: string; event: string }): Promise<boolean> {
    const columns = [end.state, end.endReason, end.dateEnd, end.lastSeq?.toString() ?? null, end.recordingLink, end.detail];
    return (await this.database.prepared(ctx, 'session-close', CLOSE, [id, ctx.orgId, ...columns, fact, event])).length > 0;
  }

  async requestEnd(ctx: OrgCtx, id: string, request: EndRequest): Promise<void> {
    changed(await this.database.tenant(ctx, SessionEntity).update({ id, state: 'active' }, request), id);
  }

  async noteDetail(ctx: OrgCtx, id: string, detail: string): Promise<void> {
    await this.database.tenant(ctx, SessionEntity).update({ id }, { detail });
  }

  async recordHostKey(ctx: OrgCtx, id: string, hostKeyFingerprint: string): Promise<void> {
    await this.database.tenant(ctx, SessionEntity).update({ id }, { hostKeyFingerprint });
  }
}

/** Throws if not exactly one row changed: the caller has locked the row and knows its state. */
function changed(rows: number, id: string): void {
  if (rows !== 1) throw new Error(`session ${id} was not active`);
}
