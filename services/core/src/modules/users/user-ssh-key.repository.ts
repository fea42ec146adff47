import { Injectable } from '@nestjs/common';
import type { SshKeyListQuery } from '@sallyport/contracts';
import type { Ctx } from '@sallyport/context';
import { containing, Database, orderBy, violatedConstraint } from '../../database/index.js';
import type { Rows } from '../../http/index.js';
import { UserSshKeyEntity } from './user-ssh-key.entity.js';
import { SshKeyTaken } from './user.errors.js';

const ORDER_COLUMNS = { name: 'key.name', date_created: 'key.dateCreated', date_last_used: 'key.dateLastUsed' };

@Injectable()
export class UserSshKeyRepository {
  constructor(private readonly database: Database) {}

  async add(ctx: Ctx, key: UserSshKeyEntity): Promise<void> {
    try {
      await this.database.manager(ctx).insert(UserSshKeyEntity, key);
    } catch (error) {
      if (violatedConstraint(error) === 'user_ssh_key_user_id_fingerprint_uq') throw new SshKeyTaken(key.fingerprint);
      throw error;
    }
  }

  async remove(ctx: Ctx, id: string): Promise<void> {
    await this.database.manager(ctx).delete(UserSshKeyEntity, { id });
  }

  async find(ctx: Ctx, userId: string, id: string): Promise<UserSshKeyEntity | undefined> {
    return (await this.database.manager(ctx).findOneBy(UserSshKeyEntity, { id, userId })) ?? undefined;
  }

  /** Keys that their user may sign in with. */
  async active(ctx: Ctx, userId: string): Promise<UserSshKeyEntity[]> {
    return this.database.manager(ctx).findBy(UserSshKeyEntity, { userId, isActive: true });
  }

  async noteUse(ctx: Ctx, id: string, at: Date): Promise<void> {
    await this.database.manager(ctx).update(UserSshKeyEntity, { id }, { dateLastUsed: at });
  }

  async list(ctx: Ctx, userId: string, query: SshKeyListQuery): Promise<Rows<UserSshKeyEntity>> {
    const found = this.database.manager(ctx).createQueryBuilder(UserSshKeyEntity, 'key').where('key.userId = :userId', { userId });
    if (query.search)
      found.andWhere('(key.name ILIKE :search OR key.comment ILIKE :search OR key.fingerprint ILIKE :search)', {
        search: containing(query.search),
      });
    const [rows, count] = await orderBy(found, query.order, ORDER_COLUMNS).take(query.limit).skip(query.offset).getManyAndCount();
    return { rows, count };
  }
}
