import { Injectable } from '@nestjs/common';
import type { Ctx, OrgCtx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { SessionEntity, type SessionEndReason, type SessionState } from './session.entity.js';
import type { ClosingSession, NewSession, OverdueSession, Session } from './session.js';
import { CLOSE, FIND_CLOSING, OPEN, sessionJson, TAKE_OVERDUE } from './session.sql.js';

export type { ClosingSession, NewSession, OverdueSession, Session } from './session.js';

/** Columns that a renewal looks at. */
export type HeldSession = Pick<
  Session,
  | 'id'
  | 'userId'
  | 'assetId'
  | 'accountId'
  | 'permissionId'
  | 'signInKeyId'
  | 'signInPasswordGeneration'
  | 'dateTerminateAsked'
  | 'terminateAskedBy'
  | 'terminateMessage'
  | 'dateExpires'
>;

/** The sessions of a gateway that a renewal looks at. */
export interface ToCheck {
  /** All that it lists; else those that are named below, that have to end by themselves, or that began after `since`. */
  readonly isAll: boolean;
  readonly since: Date;
  readonly ids: readonly string[];
}

const TO_CHECK = `
  SELECT id, user_id AS "userId", asset_id AS "assetId", account_id AS "accountId", permission_id AS "permissionId",
         sign_in_key_id AS "signInKeyId", sign_in_password_generation AS "signInPasswordGeneration",
         date_terminate_asked AS "dateTerminateAsked", terminate_asked_by AS "terminateAskedBy",
         terminate_message AS "terminateMessage", date_expires AS "dateExpires"
  FROM core.session
  WHERE state = 'active' AND gateway_id = $1 AND is_listed
    AND ($2 OR date_start > $3 OR date_terminate_asked IS NOT NULL OR date_expires <= $4 OR id = ANY ($5::uuid[]))`;

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
    const [row] = await this.database.prepared<WithText<ClosingSession>>(ctx, 'session-find-closing', FIND_CLOSING, [id]);
    return row && withLastSeq(row);
  }

  /** Returns sessions that a gateway lists and that may have to end. One statement without entities: there may be tens of thousands. */
  findToCheck(ctx: Ctx, gatewayId: string, { isAll, since, ids }: ToCheck, now: Date): Promise<HeldSession[]> {
    return this.database.sql(ctx, TO_CHECK, [gatewayId, isAll, since, now, [...ids]]);
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

  /** Returns the starts of the sessions that are known. One parameter however many ids there are. */
  async findStarts(ctx: OrgCtx, ids: readonly string[]): Promise<Pick<Session, 'id' | 'dateStart'>[]> {
    if (ids.length === 0) return [];
    const select = this.database.tenant(ctx, SessionEntity).select('session').select(['session.id', 'session.dateStart']);
    return select.andWhere('session.id = ANY (:ids)', { ids: [...ids] }).getMany();
  }

  /** Returns active sessions with a lease that ended before `now`, locked until the transaction ends. Skips those that another replica has locked. */
  async takeOverdue(ctx: Ctx, now: Date, limit: number): Promise<OverdueSession[]> {
    const rows = await this.database.prepared<WithText<OverdueSession>>(ctx, 'session-take-overdue', TAKE_OVERDUE, [now, limit]);
    return rows.map(withLastSeq);
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

/** A row with its bigint as pg returns it. */
type WithText<Row extends { readonly lastSeq: bigint | null }> = Omit<Row, 'lastSeq'> & { readonly lastSeq: string | null };

const withLastSeq = <Row extends { readonly lastSeq: string | null }>(row: Row) => ({
  ...row,
  lastSeq: row.lastSeq === null ? null : BigInt(row.lastSeq),
});

/** Throws if not exactly one row changed: the caller has locked the row and knows its state. */
function changed(rows: number, id: string): void {
  if (rows !== 1) throw new Error(`session ${id} was not active`);
}
