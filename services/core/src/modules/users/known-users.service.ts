import { Inject, Injectable } from '@nestjs/common';
import type { Clock, Ctx } from '@sallyport/context';
import { CLOCK } from '../../platform/index.js';
import type { UserEntity } from './user.entity.js';
import { standingOf, type Standing } from './user.policy.js';
import { UserRepository } from './user.repository.js';

/** A user as a sign-in needs it. */
export interface KnownUser {
  readonly id: string;
  readonly username: string;
  readonly role: UserEntity['role'];
  readonly passwordHash: string | null;
  readonly passwordGeneration: number;
  readonly mustChangePassword: boolean;
  readonly standing: Standing;
}

/** A key that its user may sign in with. */
interface SignInKey {
  readonly id: string;
  readonly fingerprint: string;
  readonly blob: Buffer;
}

/** Reads users for sign-ins. */
@Injectable()
export class KnownUsers {
  constructor(
    private readonly users: UserRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async find(ctx: Ctx, userId: string): Promise<KnownUser | undefined> {
    return this.known(await this.users.find(ctx, userId));
  }

  /** Returns the standing of those users that are there. One query. */
  async standingsOf(ctx: Ctx, userIds: readonly string[]): Promise<ReadonlyMap<string, Standing>> {
    const now = new Date(this.clock.now());
    return new Map((await this.users.findAll(ctx, userIds)).map((user) => [user.id, standingOf(user, now)]));
  }

  /** Returns the user of a name, without its case. */
  async findByUsername(ctx: Ctx, username: string): Promise<KnownUser | undefined> {
    return this.known(await this.users.findByUsername(ctx, username));
  }

  /** Returns the user of a name and the keys that it may sign in with now. One query, with the same work for every name, known or not. */
  async findForSignIn(ctx: Ctx, username: string): Promise<{ user: KnownUser | undefined; keys: readonly SignInKey[] }> {
    const found = await this.users.findForSignIn(ctx, username);
    const user = found && { ...found.user, standing: standingOf(found.user, new Date(this.clock.now())) };
    return { user, keys: user?.standing.ok ? (found?.keys ?? []) : [] };
  }

  private known(user: UserEntity | undefined): KnownUser | undefined {
    return user && { ...user, standing: standingOf(user, new Date(this.clock.now())) };
  }
}
