import { Injectable } from '@nestjs/common';
import type { Ctx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { ApiTokenEntity } from './api-token.entity.js';

@Injectable()
export class ApiTokenRepository {
  constructor(private readonly database: Database) {}

  async add(ctx: Ctx, token: ApiTokenEntity): Promise<void> {
    await this.database.manager(ctx).insert(ApiTokenEntity, token);
  }

  async findLive(ctx: Ctx, tokenHash: Buffer, now: Date): Promise<{ id: string; userId: string } | undefined> {
    const query = this.database
      .manager(ctx)
      .createQueryBuilder(ApiTokenEntity, 'token')
      .where('token.tokenHash = :tokenHash AND token.dateExpired > :now', { tokenHash, now });
    return (await query.getOne()) ?? undefined;
  }

  async removeOfUser(ctx: Ctx, userId: string, keepId: string | undefined): Promise<void> {
    const query = this.database.manager(ctx).createQueryBuilder().delete().from(ApiTokenEntity).where('user_id = :userId', { userId });
    if (keepId !== undefined) query.andWhere('id <> :keepId', { keepId });
    await query.execute();
  }

  async remove(ctx: Ctx, id: string): Promise<void> {
    await this.database.manager(ctx).delete(ApiTokenEntity, { id });
  }

  async removeExpired(ctx: Ctx, now: Date): Promise<void> {
    await this.database.manager(ctx).createQueryBuilder().delete().from(ApiTokenEntity).where('date_expired <= :now', { now }).execute();
  }
}
