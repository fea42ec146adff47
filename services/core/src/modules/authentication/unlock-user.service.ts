import { Injectable } from '@nestjs/common';
import type { OrgCtx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { AuditLog } from '../audits/index.js';
import { KnownUsers, Users } from '../users/index.js';
import { SignInLockRepository } from './sign-in-lock.repository.js';
import { UnknownUsername } from './authentication.errors.js';

/** Unlocks users after wrong passwords. */
@Injectable()
export class UnlockUser {
  constructor(
    private readonly database: Database,
    private readonly users: Users,
    private readonly known: KnownUsers,
    private readonly locks: SignInLockRepository,
    private readonly audit: AuditLog,
  ) {}

  /** Throws UserNotFound. */
  async unlock(ctx: OrgCtx, userId: string): Promise<void> {
    const { id, username } = await this.users.view(ctx, userId);
    await this.forget(ctx, { id, username });
  }

  /** Throws UnknownUsername. */
  async unlockByName(ctx: OrgCtx, username: string): Promise<void> {
    const user = await this.known.findByUsername(ctx, username);
    if (!user) throw new UnknownUsername(username);
    await this.forget(ctx, user);
  }

  /** Deletes the failures of the name, and of the sources that it failed from: with those alone its user would stay locked out. */
  private async forget(ctx: OrgCtx, { id, username }: { id: string; username: string }): Promise<void> {
    await this.database.run(ctx, async (inside) => {
      const sources = await this.locks.deleteName(inside, username.toLowerCase());
      const facts = { sources: sources.slice(0, MAX_NAMED).join(' '), source_count: sources.length };
      await this.audit.write(inside, { type: 'user.unlocked', outcome: 'success', resource: { kind: 'user', id, name: username }, facts });
    });
  }
}

/** Sources that the audit event names. */
const MAX_NAMED = 20;
