import { Injectable } from '@nestjs/common';
import type { Ctx } from '@sallyport/context';
import { Database, type Table } from '../../database/index.js';
import { UserEntity } from './user.entity.js';

/** Key of the advisory lock under which the first admin is created. */
const FIRST_ADMIN_LOCK = 7_401_002;

/** A user as a sign-in reads it, with the keys that count. */
export interface UserForSignIn {
  readonly user: Pick<
    UserEntity,
    'id' | 'username' | 'role' | 'passwordHash' | 'passwordGeneration' | 'mustChangePassword' | 'isActive' | 'dateExpired'
  >;
  readonly keys: readonly { readonly id: string; readonly fingerprint: string; readonly blob: Buffer }[];
}

type SignInRow = { [Column in keyof UserForSignIn['user']]: UserForSignIn['user'][Column] | null } & {
  readonly keys: readonly { readonly id: string; readonly fingerprint: string; readonly blob: string }[];
};

/** One row for every name, also for one that no user has: the work does not show which names exist. */
const FOR_SIGN_IN = `
  SELECT u.id, u.username, u.role, u.password_hash AS "passwordHash", u.password_generation AS "passwordGeneration",
         u.must_change_password AS "mustChangePassword", u.is_active AS "isActive", u.date_expired AS "dateExpired", k.keys
  FROM (SELECT lower($1) AS name) asked
  LEFT JOIN core."user" u ON lower(u.username) = asked.name
  CROSS JOIN LATERAL (
    SELECT coalesce(json_agg(json_build_object('id', key.id, 'fingerprint', key.fingerprint, 'blob', encode(key.blob, 'base64'))), '[]') AS keys
    FROM core.user_ssh_key key WHERE key.user_id = u.id AND key.is_active) k`;

@Injectable()
export class UserRepository {
  constructor(private readonly database: Database) {}

  add(ctx: Ctx, user: UserEntity): Promise<void> {
    return this.table(ctx).insert(user);
  }

  async change(ctx: Ctx, id: string, changes: Partial<Omit<UserEntity, 'id'>>): Promise<void> {
    await this.table(ctx).update({ id }, changes);
  }

  find(ctx: Ctx, id: string): Promise<UserEntity | undefined> {
    return this.table(ctx).find({ id });
  }

  /** Returns the users of these ids. One parameter however many there are. */
  async findAll(ctx: Ctx, ids: readonly string[]): Promise<Pick<UserEntity, 'id' | 'isActive' | 'dateExpired'>[]> {
    if (ids.length === 0) return [];
    const select = this.table(ctx).select('user').select(['user.id', 'user.isActive', 'user.dateExpired']);
    return select.andWhere('user.id = ANY (:ids)', { ids: [...ids] }).getMany();
  }

  /** Returns the user of a name, without its case. */
  async findByUsername(ctx: Ctx, username: string): Promise<UserEntity | undefined> {
    const select = this.table(ctx).select('user');
    return (await select.andWhere('lower(user.username) = lower(:username)', { username }).getOne()) ?? undefined;
  }

  /** Returns the user of a name, without its case, with its active keys. */
  async findForSignIn(ctx: Ctx, username: string): Promise<UserForSignIn | undefined> {
    const [row] = await this.database.prepared<SignInRow>(ctx, 'user-for-sign-in', FOR_SIGN_IN, [username]);
    if (!row || row.id === null) return undefined;
    const { keys, ...user } = row;
    // Of these columns only two may be null in a user's row.
    return { user: user as UserForSignIn['user'], keys: keys.map((key) => ({ ...key, blob: Buffer.from(key.blob, 'base64') })) };
  }

  missing(ctx: Ctx, ids: readonly string[]): Promise<string[]> {
    return this.table(ctx).missing(ids);
  }

  /**
   * Returns the ids of admins that can sign in, locked until the transaction ends: of two that delete each other one fails.
   * FOR NO KEY UPDATE does not conflict with the foreign keys of rows that name an admin.
   */
  async lockWorkingAdmins(ctx: Ctx, now: Date): Promise<string[]> {
    const rows = await this.table(ctx)
      .select('user')
      .andWhere(`user.role = 'admin' AND user.isActive AND (user.dateExpired IS NULL OR user.dateExpired > :now)`, { now })
      .orderBy('user.id')
      .setLock('for_no_key_update')
      .getMany();
    return rows.map(({ id }) => id);
  }

  /** Holds an advisory lock until the transaction ends: of several cores that start at once, one creates the first admin. */
  async lockForFirstAdmin(ctx: Ctx): Promise<void> {
    await this.database.sql(ctx, 'SELECT pg_advisory_xact_lock($1)', [FIRST_ADMIN_LOCK]);
  }

  private table(ctx: Ctx): Table<UserEntity> {
    return this.database.global(ctx, UserEntity);
  }
}
