import { Injectable } from '@nestjs/common';
import type { SshKeyListQuery } from '@sallyport/contracts';
import type { Ctx } from '@sallyport/context';
import { Database, violatedConstraint, type Table } from '../../database/index.js';
import { listRows, type Rows } from '../../resource/index.js';
import { UserSshKeyEntity } from './user-ssh-key.entity.js';
import { sshKeyList } from './user-ssh-key.list.js';
import { SshKeyInUse, SshKeyTaken, userNotFound } from './user.errors.js';

@Injectable()
export class UserSshKeyRepository {
  constructor(private readonly database: Database) {}

  /** Throws SshKeyTaken, SshKeyInUse for a key that another user was given a moment ago, and USER_NOT_FOUND. */
  async add(ctx: Ctx, key: UserSshKeyEntity): Promise<void> {
    try {
      await this.table(ctx).insert(key);
    } catch (error) {
      if (violatedConstraint(error) === 'user_ssh_key_user_id_fingerprint_uq') throw new SshKeyTaken(key.fingerprint);
      if (violatedConstraint(error) === 'user_ssh_key_fingerprint_uq') throw new SshKeyInUse(key.fingerprint);
      // The user was deleted after it was looked up.
      if (violatedConstraint(error) === 'user_ssh_key_user_id_fk') throw userNotFound(key.userId);
      throw error;
    }
  }

  async remove(ctx: Ctx, id: string): Promise<void> {
    await this.table(ctx).delete({ id });
  }

  find(ctx: Ctx, userId: string, id: string): Promise<UserSshKeyEntity | undefined> {
    return this.table(ctx).find({ id, userId });
  }

  /** Returns the id of another user that has the key, disabled ones too; undefined if none has. */
  async ownerBeside(ctx: Ctx, userId: string, fingerprint: string): Promise<string | undefined> {
    const others = this.table(ctx)
      .select('key')
      .andWhere('key.fingerprint = :fingerprint AND key.userId <> :userId', { fingerprint, userId });
    return (await others.orderBy('key.dateCreated').getOne())?.userId;
  }

  /** Returns those fingerprints that several users have. One query. */
  async sharedAmong(ctx: Ctx, fingerprints: readonly string[]): Promise<ReadonlySet<string>> {
    if (fingerprints.length === 0) return new Set();
    const shared = await this.table(ctx)
      .select('key')
      .select('key.fingerprint', 'fingerprint')
      .andWhere('key.fingerprint = ANY (:fingerprints)', { fingerprints: [...fingerprints] })
      .groupBy('key.fingerprint')
      .having('count(*) > 1')
      .getRawMany<{ fingerprint: string }>();
    return new Set(shared.map(({ fingerprint }) => fingerprint));
  }

  list(ctx: Ctx, userId: string, query: SshKeyListQuery): Promise<Rows<UserSshKeyEntity>> {
    const ofUser = this.table(ctx).select(sshKeyList.alias).andWhere('key.userId = :userId', { userId });
    return listRows(ofUser, sshKeyList, query);
  }

  private table(ctx: Ctx): Table<UserSshKeyEntity> {
    return this.database.global(ctx, UserSshKeyEntity);
  }
}
