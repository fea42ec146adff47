import { Injectable } from '@nestjs/common';
import type { OrgCtx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { AccountEntity } from './account.entity.js';

type ConnectivityColumns = Pick<AccountEntity, 'connectivity' | 'connectivityCheckedAt' | 'connectivityError'>;

@Injectable()
export class AccountRepository {
  constructor(private readonly database: Database) {}

  find(ctx: OrgCtx, id: string): Promise<AccountEntity | undefined> {
    return this.database.tenant(ctx, AccountEntity).find({ id });
  }

  async recordConnectivity(ctx: OrgCtx, id: string, columns: ConnectivityColumns): Promise<void> {
    await this.database.tenant(ctx, AccountEntity).update({ id }, columns);
  }
}
