import { Inject, Injectable } from '@nestjs/common';
import type { SshKeyCreate, SshKeyListQuery, SshKeyView } from '@sallyport/contracts';
import { uuidv7, type Clock, type Ctx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import type { Rows } from '../../http/index.js';
import { CLOCK } from '../../platform/index.js';
import { AuditLog } from '../audits/index.js';
import { readPublicKeyLine } from './public-key-line.js';
import { toSshKeyView } from './ssh-key.view.js';
import { SshKeyNotFound, UserNotFound } from './user.errors.js';
import { UserRepository } from './user.repository.js';
import type { UserSshKeyEntity } from './user-ssh-key.entity.js';
import { UserSshKeyRepository } from './user-ssh-key.repository.js';

/** A key that its user may sign in with. */
export interface SignInKey {
  readonly id: string;
  readonly fingerprint: string;
  readonly blob: Buffer;
}

/** The public keys of users. */
@Injectable()
export class SshKeys {
  constructor(
    private readonly database: Database,
    private readonly users: UserRepository,
    private readonly keys: UserSshKeyRepository,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async list(ctx: Ctx, userId: string, query: SshKeyListQuery): Promise<Rows<SshKeyView>> {
    await this.needUser(ctx, userId);
    const { rows, count } = await this.keys.list(ctx, userId, query);
    return { count, rows: rows.map(toSshKeyView) };
  }

  /** Refuses what is no key, a weak key, and one that the user has already. */
  async add(ctx: Ctx, userId: string, given: SshKeyCreate): Promise<SshKeyView> {
    const line = readPublicKeyLine(given.public_key);
    const name = given.name ?? (line.comment || line.fingerprint);
    const key: UserSshKeyEntity = {
      ...line,
      id: uuidv7(),
      userId,
      name,
      isActive: true,
      dateCreated: new Date(this.clock.now()),
      dateLastUsed: null,
    };
    await this.database.run(ctx, async (inside) => {
      const username = await this.needUser(inside, userId);
      await this.keys.add(inside, key);
      await this.trace(inside, 'user.ssh-key-added', key, username);
    });
    return toSshKeyView(key);
  }

  async remove(ctx: Ctx, userId: string, keyId: string): Promise<void> {
    await this.database.run(ctx, async (inside) => {
      const username = await this.needUser(inside, userId);
      const key = await this.keys.find(inside, userId, keyId);
      if (!key) throw new SshKeyNotFound(keyId);
      await this.keys.remove(inside, keyId);
      await this.trace(inside, 'user.ssh-key-removed', key, username);
    });
  }

  /** Keys that the user may sign in with now. */
  async active(ctx: Ctx, userId: string): Promise<readonly SignInKey[]> {
    return this.keys.active(ctx, userId);
  }

  async noteUse(ctx: Ctx, keyId: string): Promise<void> {
    await this.keys.noteUse(ctx, keyId, new Date(this.clock.now()));
  }

  private async trace(
    ctx: Ctx,
    type: 'user.ssh-key-added' | 'user.ssh-key-removed',
    key: UserSshKeyEntity,
    username: string,
  ): Promise<void> {
    const resource = { kind: 'ssh-key', id: key.id, name: key.name } as const;
    await this.audit.write(ctx, {
      type,
      outcome: 'success',
      resource,
      facts: { user: username, user_id: key.userId, fingerprint: key.fingerprint },
    });
  }

  private async needUser(ctx: Ctx, userId: string): Promise<string> {
    const user = await this.users.find(ctx, userId);
    if (!user) throw new UserNotFound(userId);
    return user.username;
  }
}
