import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Clock, Ctx, OrgCtx } from '@sallyport/context';
import { randomToken } from '@sallyport/crypto';
import { Database } from '../../database/index.js';
import { CLOCK, PasswordHasher } from '../../platform/index.js';
import { ApiTokens } from '../api-tokens/index.js';
import { AuditLog } from '../audits/index.js';
import { leakedPasswords } from './leaked-passwords.js';
import { refuseEasyPassword } from './password.policy.js';
import { OldPasswordWrong, PasswordUnchanged, userNotFound } from './user.errors.js';
import { UserRepository } from './user.repository.js';

/** A change of the own password. */
export interface OwnPasswordChange {
  readonly oldPassword: string;
  readonly newPassword: string;
  /** Bearer token of the request; it stays valid. */
  readonly keepTokenId?: string;
}

@Injectable()
export class Passwords implements OnApplicationBootstrap {
  constructor(
    private readonly database: Database,
    private readonly users: UserRepository,
    private readonly tokens: ApiTokens,
    private readonly audit: AuditLog,
    private readonly hasher: PasswordHasher,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Loads the list of leaked passwords, so that the first change does not hold up other requests. */
  async onApplicationBootstrap(): Promise<void> {
    await leakedPasswords();
  }

  /** Ends the user's other sign-ins. Throws OldPasswordWrong, PasswordUnchanged and PasswordTooEasy. */
  async changeOwn(ctx: OrgCtx, userId: string, { oldPassword, newPassword, keepTokenId }: OwnPasswordChange): Promise<void> {
    const user = await this.users.find(ctx, userId);
    if (!user) throw userNotFound(userId);
    if (!(await this.hasher.verify(userId, oldPassword, user.passwordHash))) throw new OldPasswordWrong();
    if (oldPassword === newPassword) throw new PasswordUnchanged();
    await refuseEasyPassword(newPassword, user);
    const passwordHash = await this.hasher.hash(userId, newPassword);
    const now = new Date(this.clock.now());
    await this.database.run(ctx, async (inside) => {
      await this.users.change(inside, userId, { passwordHash, mustChangePassword: false, datePasswordChanged: now, dateUpdated: now });
      await this.tokens.revokeAll(inside, userId, keepTokenId);
      const resource = { kind: 'user', id: userId, name: user.username } as const;
      await this.audit.write(inside, {
        type: 'user.password-changed',
        outcome: 'success',
        resource,
        actor: { userId, username: user.username, ...sourceOf(ctx) },
      });
    });
  }

  /** Replaces a forgotten password by a random one, which has to be changed at the next sign-in, and returns it. Ends the user's sign-ins. */
  async reset(ctx: OrgCtx, { id, username }: { readonly id: string; readonly username: string }): Promise<string> {
    const password = randomToken(ONE_TIME_BYTES);
    const passwordHash = await this.hasher.hash(id, password);
    const now = new Date(this.clock.now());
    await this.database.run(ctx, async (inside) => {
      await this.users.change(inside, id, { passwordHash, mustChangePassword: true, datePasswordChanged: now, dateUpdated: now });
      await this.tokens.revokeAll(inside, id);
      await this.audit.write(inside, { type: 'user.password-reset', outcome: 'success', resource: { kind: 'user', id, name: username } });
    });
    return password;
  }
}

const ONE_TIME_BYTES = 18;

const sourceOf = ({ actor }: Ctx) => (actor.kind === 'user' ? { sourceIp: actor.sourceIp } : {});
