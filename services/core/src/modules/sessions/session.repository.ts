import { Injectable } from '@nestjs/common';
import type { Ctx } from '@sallyport/context';
import { Any, type UpdateResult } from 'typeorm';
import { Database } from '../../database/index.js';
import { SessionEntity, type SessionEndReason, type SessionState } from './session.entity.js';

/** A session as the domain sees it. */
export type Session = Readonly<SessionEntity>;

/** What is known when a session begins. */
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
  | 'sourceIp'
  | 'clientSoftware'
  | 'gatewayId'
  | 'recordingMode'
  | 'dateStart'
  | 'dateExpires'
  | 'dateLeaseExpires'
  | 'hostKeyFingerprint'
>;

/** What is looked at when a lease is renewed. */
export type HeldSession = Pick<
  Session,
  'id' | 'userId' | 'assetId' | 'accountId' | 'dateTerminateAsked' | 'terminateMessage' | 'dateExpires'
>;

const RENEW = `
  UPDATE core.session SET date_lease_expires = $1 WHERE state = 'active' AND gateway_id = $2 AND id = ANY ($3)
  RETURNING id, user_id AS "userId", asset_id AS "assetId", account_id AS "accountId",
            date_terminate_asked AS "dateTerminateAsked", terminate_message AS "terminateMessage", date_expires AS "dateExpires"`;

/** How a session ended. */
export interface SessionEnd {
  readonly state: Exclude<SessionState, 'active'>;
  readonly endReason: SessionEndReason;
  readonly dateEnd: Date;
  readonly lastSeq: bigint | null;
  readonly detail: string;
}

/** Who wants an active session to end, and the words for its user. */
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

  /** The session, held until the transaction ends. */
  lock(ctx: Ctx, id: string): Promise<Session | null> {
    return this.database.manager(ctx).findOne(SessionEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  /** Whether it was added; false when a session of this id is there already. */
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

  /** Gives the active ones among `ids` that this gateway holds a lease until then. One statement without entities: there may be tens of thousands. */
  async renew(ctx: Ctx, gatewayId: string, ids: readonly string[], until: Date): Promise<HeldSession[]> {
    if (ids.length === 0) return [];
    const [rows] = await this.database.manager(ctx).query<[HeldSession[], number]>(RENEW, [until, gatewayId, [...ids]]);
    return rows;
  }

  /** Their states, of those that are known. */
  async statesOf(ctx: Ctx, ids: readonly string[]): Promise<Pick<Session, 'id' | 'endReason'>[]> {
    if (ids.length === 0) return [];
    return this.database.manager(ctx).find(SessionEntity, { select: { id: true, endReason: true }, where: { id: oneOf(ids) } });
  }

  /** Active sessions whose lease ran out before `now`, held until the transaction ends; those that another replica holds are passed over. */
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

/** One parameter however many there are: a gateway may hold more sessions than a statement may have parameters. */
const oneOf = (ids: readonly string[]) => Any([...ids]);

/** The caller holds the row and knows its state: anything but one changed row is a mistake of ours. */
function changed(result: UpdateResult, id: string): void {
  if (result.affected !== 1) throw new Error(`session ${id} was not active`);
}
