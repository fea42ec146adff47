import { Injectable } from '@nestjs/common';
import type { SshKeyListQuery } from '@sallyport/contracts';
import type { Ctx } from '@sallyport/context';
import { Database, violatedConstraint, type Table } from '../../database/index.js';
import { listRows, type Rows } from '../../resource/index.js';
import { UserSshKeyEntity } from './user-ssh-key.entity.js';
import { sshKeyList } from './user-ssh-key.list.js';
import { SshKeyTaken, userNotFound } from './user.errors.js';

@Injectable()
export class UserSshKeyRepository {
  constructor(private readonly database: Database) {}

  /** Throws SshKeyTaken and USER_NOT_FOUND. */
  async add(ctx: Ctx, key: UserSshKeyEntity): Promise<void> {
    try {
      await this.table(ctx).insert(key);
    } catch (error) {
      if (violatedConstraint(error) === 'user_ssh_key_user_id_fingerprint_uq') throw new SshKeyTaken(key.fingerprint);
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

  list(ctx: Ctx, userId: string, query: SshKeyListQuery): Promise<Rows<UserSshKeyEntity>> {
    const ofUser = this.table(ctx).select(sshKeyList.alias).andWhere('key.userId = :userId', { userId });
    return listRows(ofUser, sshKeyList, query);
  }

  private table(ctx: Ctx): Table<UserSshKeyEntity> {
    return this.database.global(ctx, UserSshKeyEntity);
  }
}
