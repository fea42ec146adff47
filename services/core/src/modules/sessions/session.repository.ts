import { Injectable } from '@nestjs/common';
import type { Ctx } from '@sallyport/context';
import { Any, type UpdateResult } from 'typeorm';
import { Database } from '../../database/index.js';
import { SessionEntity, type SessionEndReason, type SessionState } from './session.entity.js';

/** A session as the domain sees it. */
export type Session = Readonly<SessionEntity>;

/** Columns that are known when a session is opened. */
export type NewSession = Pick<
  Session,
  | 'id'
  | 'orgId'
  | 'userId'
  | 'username'
  | 'assetId'
  | 'assetName'
  | 'address'
  | 'port'
  | 'accountId'
  | 'account'
  | 'permissionId'
  | 'actions'
  | 'sourceIp'
  | 'clientSoftware'
  | 'gatewayId'
  | 'recordingMode'
  | 'dateStart'
  | 'dateExpires'
  | 'dateLeaseExpires'
  | 'hostKeyFingerprint'
>;

/** Columns that decide about a session when its lease is renewed. */
export type HeldSession = Pick<
  Session,
  'id' | 'userId' | 'assetId' | 'accountId' | 'dateTerminateAsked' | 'terminateMessage' | 'dateExpires'
>;

const RENEW = `
  UPDATE core.session SET date_lease_expires = $1 WHERE state = 'active' AND gateway_id = $2 AND id = ANY ($3)
  RETURNING id, user_id AS "userId", asset_id AS "assetId", account_id AS "accountId",
            date_terminate_asked AS "dateTerminateAsked", terminate_message AS "terminateMessage", date_expires AS "dateExpires"`;

/** The end of a session. */
export interface SessionEnd {
  readonly state: Exclude<SessionState, 'active'>;
  readonly endReason: SessionEndReason;
  readonly dateEnd: Date;
  readonly lastSeq: bigint | null;
  readonly detail: string;
}

/** A request to end an active session, with the message for its user. */
export interface EndWish {
  readonly dateTerminateAsked: Date;
  readonly terminateAskedBy: string;
  readonly terminateMessage: string;
}

@Injectable()
export class SessionRepository {
  constructor(private readonly database: Database) {}

  find(ctx: Ctx, id: string): Promise<Session | null> {
    return this.database.manager(ctx).findOneBy(SessionEntity, { id });
  }

  /** Returns the session and locks its row until the transaction ends. */
  lock(ctx: Ctx, id: string): Promise<Session | null> {
    return this.database.manager(ctx).findOne(SessionEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  /** Returns true if it was added, false if a session of this id exists already. */
  async add(ctx: Ctx, session: NewSession): Promise<boolean> {
    const result = await this.database
      .manager(ctx)
      .createQueryBuilder()
      .insert()
      .into(SessionEntity)
      .values(session)
      .orIgnore()
      .returning('id')
      .execute();
    return (result.raw as unknown[]).length > 0;
  }

  /** Renews until `until` the leases of the active sessions among `ids` that this gateway holds. One statement without entities: there may be tens of thousands. */
  async renew(ctx: Ctx, gatewayId: string, ids: readonly string[], until: Date): Promise<HeldSession[]> {
    if (ids.length === 0) return [];
    const [rows] = await this.database.manager(ctx).query<[HeldSession[], number]>(RENEW, [until, gatewayId, [...ids]]);
    return rows;
  }

  /** Returns the end reasons of those sessions that core knows. */
  async statesOf(ctx: Ctx, ids: readonly string[]): Promise<Pick<Session, 'id' | 'endReason'>[]> {
    if (ids.length === 0) return [];
    return this.database.manager(ctx).find(SessionEntity, { select: { id: true, endReason: true }, where: { id: oneOf(ids) } });
  }

  /** Returns active sessions whose lease expired before `now` and locks their rows until the transaction ends. Skips rows that another replica has locked. */
  takeOverdue(ctx: Ctx, now: Date, limit: number): Promise<Session[]> {
    return this.database
      .manager(ctx)
      .createQueryBuilder(SessionEntity, 'session')
      .where(`session.state = 'active' AND session.date_lease_expires < :now`, { now })
      .orderBy('session.date_lease_expires')
      .limit(limit)
      .setLock('pessimistic_write')
      .setOnLocked('skip_locked')
      .getMany();
  }

  async end(ctx: Ctx, id: string, end: SessionEnd): Promise<void> {
    changed(await this.database.manager(ctx).update(SessionEntity, { id, state: 'active' }, end), id);
  }

  async wishEnd(ctx: Ctx, id: string, wish: EndWish): Promise<void> {
    changed(await this.database.manager(ctx).update(SessionEntity, { id, state: 'active' }, wish), id);
  }

  async noteHostKey(ctx: Ctx, id: string, hostKeyFingerprint: string): Promise<void> {
    await this.database.manager(ctx).update(SessionEntity, { id }, { hostKeyFingerprint });
  }
}

/** Passes all ids as one parameter: a gateway may hold more sessions than a statement may have parameters. */
const oneOf = (ids: readonly string[]) => Any([...ids]);

/** Throws Error unless exactly one row changed: the caller has locked the row and knows its state. */
function changed(result: UpdateResult, id: string): void {
  if (result.affected !== 1) throw new Error(`session ${id} was not active`);
}
