import { Inject, Injectable } from '@nestjs/common';
import type { SshKeyCreate, SshKeyListQuery, SshKeyView } from '@sallyport/contracts';
import { uuidv7, type Clock, type Ctx, type OrgCtx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { CLOCK } from '../../platform/index.js';
import type { Rows } from '../../resource/index.js';
import { AuditLog } from '../audits/index.js';
import { readPublicKeyLine } from './public-key-line.js';
import { toSshKeyView } from './ssh-key.view.js';
import { SshKeyInUse, sshKeyNotFound, userNotFound } from './user.errors.js';
import { UserRepository } from './user.repository.js';
import type { UserSshKeyEntity } from './user-ssh-key.entity.js';
import { UserSshKeyRepository } from './user-ssh-key.repository.js';

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
    const shared = await this.keys.sharedAmong(
      ctx,
      rows.map(({ fingerprint }) => fingerprint),
    );
    return { count, rows: rows.map((key) => toSshKeyView(key, shared.has(key.fingerprint))) };
  }

  /**
   * Adds a key that no other user has. Throws SshKeyInvalid for a text that is not a key and for a weak key, SshKeyTaken, SshKeyInUse and
   * USER_NOT_FOUND. `seesUsers`: the caller may know which other user has the key.
   */
  async add(ctx: OrgCtx, userId: string, given: SshKeyCreate, { seesUsers = false } = {}): Promise<SshKeyView> {
    const line = readPublicKeyLine(given.public_key);
    const name = given.name ?? (line.comment || line.fingerprint);
    const key: UserSshKeyEntity = {
      ...line,
      id: uuidv7(),
      userId,
      name,
      isActive: true,
      isShared: false,
      dateCreated: new Date(this.clock.now()),
      dateLastUsed: null,
    };
    await this.database.run(ctx, async (inside) => {
      const username = await this.needUser(inside, userId);
      await this.refuseInUse(inside, key, seesUsers);
      await this.keys.add(inside, key);
      await this.trace(inside, 'user.ssh-key-added', key, username);
    });
    return toSshKeyView(key, false);
  }

  async remove(ctx: OrgCtx, userId: string, keyId: string): Promise<void> {
    await this.database.run(ctx, async (inside) => {
      const username = await this.needUser(inside, userId);
      const key = await this.keys.find(inside, userId, keyId);
      if (!key) throw sshKeyNotFound(keyId);
      await this.keys.remove(inside, keyId);
      await this.trace(inside, 'user.ssh-key-removed', key, username);
    });
  }

  private async refuseInUse(ctx: Ctx, { userId, fingerprint }: UserSshKeyEntity, seesUsers: boolean): Promise<void> {
    const ownerId = await this.keys.ownerBeside(ctx, userId, fingerprint);
    if (ownerId === undefined) return;
    const owner = seesUsers ? await this.users.find(ctx, ownerId) : undefined;
    throw new SshKeyInUse(fingerprint, owner?.username);
  }

  private async trace(
    ctx: OrgCtx,
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
    if (!user) throw userNotFound(userId);
    return user.username;
  }
}
