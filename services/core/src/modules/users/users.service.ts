import { Injectable } from '@nestjs/common';
import type { UserCreate, UserListQuery, UserUpdate, UserView } from '@sallyport/contracts';
import type { Ctx, OrgCtx } from '@sallyport/context';
import { PasswordHasher } from '../../platform/index.js';
import { givenColumns, ResourceStore, type Rows } from '../../resource/index.js';
import { ApiTokens } from '../api-tokens/index.js';
import { refuseEasyPassword } from './password.policy.js';
import type { UserEntity } from './user.entity.js';
import { LastAdmin, OwnUserChange } from './user.errors.js';
import { standingOf } from './user.policy.js';
import { UserRepository } from './user.repository.js';
import { userList, userResource } from './user.resource.js';

@Injectable()
export class Users {
  constructor(
    private readonly store: ResourceStore,
    private readonly users: UserRepository,
    private readonly tokens: ApiTokens,
    private readonly hasher: PasswordHasher,
  ) {}

  list(ctx: OrgCtx, query: UserListQuery): Promise<Rows<UserView>> {
    return this.store.list(ctx, userResource, userList, query);
  }

  /** Throws USER_NOT_FOUND. */
  view(ctx: OrgCtx, id: string): Promise<UserView> {
    return this.store.view(ctx, userResource, id);
  }

  /** Returns the ids that are not a user's. */
  missing(ctx: Ctx, ids: readonly string[]): Promise<string[]> {
    return this.users.missing(ctx, ids);
  }

  /** Creates a user. A given password has to be changed at the first sign-in, unless the request says otherwise. Throws UsernameTaken, EmailTaken and PasswordTooEasy. */
  async create(ctx: OrgCtx, given: UserCreate): Promise<UserView> {
    if (given.password !== undefined) await refuseEasyPassword(given.password, given);
    const passwordHash = given.password === undefined ? null : await this.hasher.hash(askerOf(ctx), given.password);
    const facts = ({ role }: UserEntity) => ({ role });
    return this.store.show(userResource, await this.store.create(ctx, userResource, this.rowOf(ctx, given, passwordHash), { facts }));
  }

  /**
   * Ends the user's sign-ins if the password changes or the user may not sign in any more.
   * Throws LastAdmin and OwnUserChange, USER_NOT_FOUND, VersionStale, and as `create` does.
   */
  async update(ctx: OrgCtx, id: string, given: UserUpdate, ifMatch?: string): Promise<UserView> {
    const columns = await this.columnsOf(ctx, id, given);
    const user = await this.store.change(ctx, userResource, id, () => ({ columns }), {
      ifMatch,
      ...(mayLoseAdmin(given) && { lockFirst: (inside) => this.lockAdmins(inside) }),
      check: (inside, before, after) => this.refuseLosing(inside, before, after),
      write: async (inside, after) => {
        if (given.password !== undefined || !this.maySignIn(after)) await this.tokens.revokeAll(inside, id);
      },
    });
    return this.store.show(userResource, user);
  }

  /** Deletes the user's keys, tokens and permission entries too. Throws OwnUserChange, LastAdmin, USER_NOT_FOUND and VersionStale. */
  async remove(ctx: OrgCtx, id: string, ifMatch?: string): Promise<void> {
    if (isSelf(ctx, id)) throw new OwnUserChange('remove');
    await this.store.remove(ctx, userResource, id, {
      ifMatch,
      lockFirst: (inside) => this.lockAdmins(inside),
      check: (inside, before) => this.refuseLosing(inside, before, undefined),
    });
  }

  private async columnsOf(ctx: OrgCtx, id: string, given: UserUpdate): Promise<Partial<UserEntity>> {
    const columns = givenColumns(userResource.fields, given);
    if (given.password === undefined) return columns;
    await refuseEasyPassword(given.password, { ...(await this.store.get(ctx, userResource, id)), ...columns });
    const passwordHash = await this.hasher.hash(askerOf(ctx), given.password);
    return { ...columns, passwordHash, datePasswordChanged: this.store.now(), mustChangePassword: given.must_change_password ?? true };
  }

  private async refuseLosing(ctx: Ctx, before: UserEntity, after: UserEntity | undefined): Promise<void> {
    const staysAdmin = after?.role === 'admin' && this.maySignIn(after);
    // A disabled or expired admin is not one that could be lost.
    if (before.role !== 'admin' || staysAdmin || !this.maySignIn(before)) return;
    if (isSelf(ctx, before.id)) throw new OwnUserChange('take the admin role or the access from');
    const admins = await this.lockAdmins(ctx);
    if (admins.every((id) => id === before.id)) throw new LastAdmin(before.username);
  }

  /** Locks the admins that can sign in, in one order, before any user: two admins that change each other do not wait for each other. */
  private lockAdmins(ctx: Ctx): Promise<string[]> {
    return this.users.lockWorkingAdmins(ctx, this.store.now());
  }

  private maySignIn(user: UserEntity): boolean {
    return standingOf(user, this.store.now()).ok;
  }

  private rowOf(ctx: OrgCtx, given: UserCreate, passwordHash: string | null): UserEntity {
    // Users belong to no organization.
    const { orgId: _, ...origin } = this.store.origin(ctx);
    return {
      ...origin,
      username: given.username,
      name: given.name ?? given.username,
      email: given.email ?? null,
      role: given.role ?? 'user',
      passwordHash,
      passwordGeneration: 0,
      mustChangePassword: given.must_change_password ?? passwordHash !== null,
      isActive: given.is_active ?? true,
      dateExpired: given.date_expired ? new Date(given.date_expired) : null,
      datePasswordChanged: passwordHash === null ? null : origin.dateCreated,
      dateLastLogin: null,
      comment: given.comment ?? '',
    };
  }
}

/** Returns true for a change that may take the admin role or the access from a user. */
const mayLoseAdmin = ({ role, is_active, date_expired }: UserUpdate): boolean =>
  role !== undefined || is_active !== undefined || date_expired !== undefined;

/** Returns the key under which the passwords of a caller wait to be hashed. */
const askerOf = ({ actor }: Ctx): string => (actor.kind === 'user' ? actor.userId : actor.name);

const isSelf = (ctx: Ctx, userId: string): boolean => ctx.actor.kind === 'user' && ctx.actor.userId === userId;
