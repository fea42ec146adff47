import { Injectable } from '@nestjs/common';
import type { Ctx } from '@sallyport/context';
import { Database, type Table } from '../../database/index.js';
import { ApiTokenEntity } from './api-token.entity.js';

@Injectable()
export class ApiTokenRepository {
  constructor(private readonly database: Database) {}

  add(ctx: Ctx, token: ApiTokenEntity): Promise<void> {
    return this.table(ctx).insert(token);
  }

  /** Returns the token of a hash; undefined if it is unknown or has expired. */
  async findLive(ctx: Ctx, tokenHash: Buffer, now: Date): Promise<{ id: string; userId: string } | undefined> {
    const select = this.table(ctx).select('token');
    return (await select.andWhere('token.tokenHash = :tokenHash AND token.dateExpired > :now', { tokenHash, now }).getOne()) ?? undefined;
  }

  async removeOfUser(ctx: Ctx, userId: string, keepId: string | undefined): Promise<void> {
    await this.database.sql(ctx, 'DELETE FROM core.api_token WHERE user_id = $1 AND id IS DISTINCT FROM $2', [userId, keepId ?? null]);
  }

  async remove(ctx: Ctx, id: string): Promise<void> {
    await this.table(ctx).delete({ id });
  }

  async removeExpired(ctx: Ctx, now: Date): Promise<void> {
    await this.database.sql(ctx, 'DELETE FROM core.api_token WHERE date_expired <= $1', [now]);
  }

  private table(ctx: Ctx): Table<ApiTokenEntity> {
    return this.database.global(ctx, ApiTokenEntity);
  }
}
