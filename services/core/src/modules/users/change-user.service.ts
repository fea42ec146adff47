import { Inject, Injectable } from '@nestjs/common';
import type { UserUpdate } from '@sallyport/contracts';
import type { Clock, Ctx } from '@sallyport/context';
import { hashPassword } from '@sallyport/crypto';
import { Database } from '../../database/index.js';
import { CLOCK } from '../../platform/index.js';
import { ApiTokens } from '../api-tokens/index.js';
import { AuditLog } from '../audits/index.js';
import { refuseEasyPassword } from './password.policy.js';
import type { UserEntity } from './user.entity.js';
import { LastAdmin, OwnUserChange, UserNotFound } from './user.errors.js';
import { standingOf } from './user.policy.js';
import { UserRepository } from './user.repository.js';

type Changes = Partial<Omit<UserEntity, 'id'>>;

@Injectable()
export class ChangeUser {
  constructor(
    private readonly database: Database,
    private readonly users: UserRepository,
    private readonly tokens: ApiTokens,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Refuses what would leave no admin who can sign in, and taking rights from oneself. A new password ends the user's sign-ins. */
  async update(ctx: Ctx, userId: string, given: UserUpdate): Promise<UserEntity> {
    const changes = await this.changesOf(ctx, userId, given);
    return this.database.run(ctx, async (inside) => {
      const before = await this.need(inside, userId);
      const after = { ...before, ...changes };
      await this.refuseLosing(inside, before, after);
      await this.users.change(inside, userId, changes);
      if (given.password !== undefined || !this.maySignIn(after)) await this.tokens.revokeAll(inside, userId);
      await this.audit.write(inside, {
        type: 'user.updated',
        outcome: 'success',
        resource: resourceOf(before),
        facts: { changed: Object.keys(given).sort().join(',') },
      });
      return after;
    });
  }

  /** Refuses to remove oneself and the last admin who can sign in. Keys, tokens and the user's place in permissions go too. */
  async remove(ctx: Ctx, userId: string): Promise<void> {
    if (isSelf(ctx, userId)) throw new OwnUserChange('remove');
    await this.database.run(ctx, async (inside) => {
      const user = await this.need(inside, userId);
      await this.refuseLosing(inside, user, undefined);
      await this.users.remove(inside, userId);
      await this.audit.write(inside, { type: 'user.deleted', outcome: 'success', resource: resourceOf(user) });
    });
  }

  private async changesOf(ctx: Ctx, userId: string, { password, ...given }: UserUpdate): Promise<Changes> {
    const now = new Date(this.clock.now());
    if (password === undefined) return { ...columnsOf(given), dateUpdated: now };
    const { username } = await this.need(ctx, userId);
    refuseEasyPassword(password, given.username ?? username);
    const hashed = {
      passwordHash: await hashPassword(password),
      datePasswordChanged: now,
      mustChangePassword: given.must_change_password ?? true,
    };
    return { ...columnsOf(given), ...hashed, dateUpdated: now };
  }

  private async refuseLosing(ctx: Ctx, before: UserEntity, after: UserEntity | undefined): Promise<void> {
    const staysAdmin = after?.role === 'admin' && this.maySignIn(after);
    if (before.role !== 'admin' || staysAdmin) return;
    if (isSelf(ctx, before.id)) throw new OwnUserChange('take the admin role or the access from');
    const admins = await this.users.lockWorkingAdmins(ctx, new Date(this.clock.now()));
    if (admins.every((id) => id === before.id)) throw new LastAdmin(before.username);
  }

  private maySignIn(user: UserEntity): boolean {
    return standingOf(user, new Date(this.clock.now())).ok;
  }

  private async need(ctx: Ctx, userId: string): Promise<UserEntity> {
    const user = await this.users.find(ctx, userId);
    if (!user) throw new UserNotFound(userId);
    return user;
  }
}

const isSelf = (ctx: Ctx, userId: string): boolean => ctx.actor.kind === 'user' && ctx.actor.userId === userId;

const resourceOf = (user: UserEntity) => ({ kind: 'user', id: user.id, name: user.username }) as const;

const columnsOf = (given: Omit<UserUpdate, 'password'>): Changes => ({
  ...(given.username !== undefined && { username: given.username }),
  ...(given.name !== undefined && { name: given.name }),
  ...(given.email !== undefined && { email: given.email }),
  ...(given.role !== undefined && { role: given.role }),
  ...(given.is_active !== undefined && { isActive: given.is_active }),
  ...(given.date_expired !== undefined && { dateExpired: given.date_expired === null ? null : new Date(given.date_expired) }),
  ...(given.must_change_password !== undefined && { mustChangePassword: given.must_change_password }),
  ...(given.comment !== undefined && { comment: given.comment }),
});
