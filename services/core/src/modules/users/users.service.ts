import { Inject, Injectable } from '@nestjs/common';
import type { UserListQuery, UserView } from '@sallyport/contracts';
import type { Clock, Ctx } from '@sallyport/context';
import type { Rows } from '../../http/index.js';
import { CLOCK } from '../../platform/index.js';
import { UserNotFound } from './user.errors.js';
import { standingOf, type Standing } from './user.policy.js';
import { UserRepository } from './user.repository.js';
import { toUserView } from './user.view.js';
import type { UserEntity } from './user.entity.js';

/** What signing in needs to know of a user. */
export interface KnownUser {
  readonly id: string;
  readonly username: string;
  readonly role: UserEntity['role'];
  readonly passwordHash: string | null;
  readonly mustChangePassword: boolean;
  readonly standing: Standing;
}

/** Reads users. */
@Injectable()
export class Users {
  constructor(
    private readonly users: UserRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async view(ctx: Ctx, userId: string): Promise<UserView> {
    const user = await this.users.find(ctx, userId);
    if (!user) throw new UserNotFound(userId);
    return this.show(user);
  }

  async list(ctx: Ctx, query: UserListQuery): Promise<Rows<UserView>> {
    const { rows, count } = await this.users.list(ctx, query);
    return { count, rows: rows.map((user) => this.show(user)) };
  }

  async find(ctx: Ctx, userId: string): Promise<KnownUser | undefined> {
    return this.known(await this.users.find(ctx, userId));
  }

  async findByUsername(ctx: Ctx, username: string): Promise<KnownUser | undefined> {
    return this.known(await this.users.findByUsername(ctx, username));
  }

  /** Which of these ids are no user's. */
  async missing(ctx: Ctx, ids: readonly string[]): Promise<string[]> {
    const found = new Set((await this.users.findMany(ctx, ids)).map(({ id }) => id));
    return ids.filter((id) => !found.has(id));
  }

  async noteSignIn(ctx: Ctx, userId: string): Promise<void> {
    await this.users.change(ctx, userId, { dateLastLogin: new Date(this.clock.now()) });
  }

  show(user: UserEntity): UserView {
    return toUserView(user, new Date(this.clock.now()));
  }

  private known(user: UserEntity | undefined): KnownUser | undefined {
    return user && { ...user, standing: standingOf(user, new Date(this.clock.now())) };
  }
}
