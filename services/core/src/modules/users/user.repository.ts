import { Injectable } from '@nestjs/common';
import type { UserListQuery } from '@sallyport/contracts';
import type { Ctx } from '@sallyport/context';
import { containing, Database, orderBy, violatedConstraint } from '../../database/index.js';
import type { Rows } from '../../http/index.js';
import { UserEntity } from './user.entity.js';
import { EmailTaken, UsernameTaken } from './user.errors.js';

const ORDER_COLUMNS = {
  username: 'user.username',
  name: 'user.name',
  email: 'user.email',
  role: 'user.role',
  date_created: 'user.dateCreated',
  date_last_login: 'user.dateLastLogin',
};

const FIRST_ADMIN_LOCK = 7_401_002;

@Injectable()
export class UserRepository {
  constructor(private readonly database: Database) {}

  async add(ctx: Ctx, user: UserEntity): Promise<void> {
    await named(user, this.database.manager(ctx).insert(UserEntity, user));
  }

  async change(ctx: Ctx, id: string, changes: Partial<Omit<UserEntity, 'id'>>): Promise<void> {
    await named(changes, this.database.manager(ctx).update(UserEntity, { id }, changes));
  }

  async remove(ctx: Ctx, id: string): Promise<void> {
    await this.database.manager(ctx).delete(UserEntity, { id });
  }

  async find(ctx: Ctx, id: string): Promise<UserEntity | undefined> {
    return (await this.database.manager(ctx).findOneBy(UserEntity, { id })) ?? undefined;
  }

  /** By name, whatever its case. */
  async findByUsername(ctx: Ctx, username: string): Promise<UserEntity | undefined> {
    return (await this.query(ctx).where('lower(user.username) = lower(:username)', { username }).getOne()) ?? undefined;
  }

  async findMany(ctx: Ctx, ids: readonly string[]): Promise<UserEntity[]> {
    return ids.length === 0
      ? []
      : this.query(ctx)
          .where('user.id = ANY (:ids)', { ids: [...ids] })
          .getMany();
  }

  async list(ctx: Ctx, query: UserListQuery): Promise<Rows<UserEntity>> {
    const found = this.query(ctx);
    if (query.search)
      found.andWhere('(user.username ILIKE :search OR user.name ILIKE :search OR user.email ILIKE :search)', {
        search: containing(query.search),
      });
    if (query.username !== undefined) found.andWhere('lower(user.username) = lower(:username)', { username: query.username });
    if (query.email !== undefined) found.andWhere('lower(user.email) = lower(:email)', { email: query.email });
    if (query.role !== undefined) found.andWhere('user.role = :role', { role: query.role });
    if (query.is_active !== undefined) found.andWhere('user.isActive = :isActive', { isActive: query.is_active });
    const [rows, count] = await orderBy(found, query.order, ORDER_COLUMNS).take(query.limit).skip(query.offset).getManyAndCount();
    return { rows, count };
  }

  /** Ids of admins who can sign in, held until the transaction ends: two who remove each other at once do not both succeed. */
  async lockWorkingAdmins(ctx: Ctx, now: Date): Promise<string[]> {
    const rows = await this.query(ctx)
      .where(`user.role = 'admin' AND user.isActive AND (user.dateExpired IS NULL OR user.dateExpired > :now)`, { now })
      .orderBy('user.id')
      .setLock('pessimistic_write')
      .getMany();
    return rows.map(({ id }) => id);
  }

  /** Held until the transaction ends: of several cores that start at once, one makes the first admin. */
  async lockForFirstAdmin(ctx: Ctx): Promise<void> {
    await this.database.manager(ctx).query('SELECT pg_advisory_xact_lock($1)', [FIRST_ADMIN_LOCK]);
  }

  private query(ctx: Ctx) {
    return this.database.manager(ctx).createQueryBuilder(UserEntity, 'user');
  }
}

/** Says in our words what the unique indexes refuse. */
async function named({ username, email }: Partial<UserEntity>, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    const constraint = violatedConstraint(error);
    if (constraint === 'user_username_uq') throw new UsernameTaken(username ?? '');
    if (constraint === 'user_email_uq') throw new EmailTaken(email ?? '');
    throw error;
  }
}
