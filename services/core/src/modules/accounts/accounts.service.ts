import { Inject, Injectable } from '@nestjs/common';
import type { AccountListQuery, AccountView } from '@sallyport/contracts';
import type { Ctx } from '@sallyport/context';
import type { Sealer } from '@sallyport/crypto';
import type { Rows } from '../../http/index.js';
import { SEALER } from '../../platform/index.js';
import { AccountNotFound } from './account.errors.js';
import { AccountRepository } from './account.repository.js';
import { toAccountView } from './account.view.js';
import { sealPlace } from './seal-place.js';
import type { SecretType } from './account.entity.js';

/** What logs in to an asset. For one session or one task: never kept, logged or put on NATS. */
export interface AccountCredential {
  readonly accountId: string;
  readonly assetId: string;
  readonly username: string;
  readonly secretType: SecretType;
  /** A password, or a private key as unencrypted OpenSSH text. */
  readonly secret: string;
}

/** What a connectivity test found. */
export interface ConnectivityResult {
  readonly isOk: boolean;
  /** For the operator; null when it is ok. */
  readonly error: string | null;
  readonly checkedAt: Date;
}

/** Reads accounts, and opens their secrets for those who dial. */
@Injectable()
export class Accounts {
  constructor(
    private readonly accounts: AccountRepository,
    @Inject(SEALER) private readonly sealer: Sealer,
  ) {}

  async list(ctx: Ctx, orgId: string, query: AccountListQuery): Promise<Rows<AccountView>> {
    const { rows, count } = await this.accounts.list(ctx, orgId, query);
    return { count, rows: rows.map(toAccountView) };
  }

  async view(ctx: Ctx, orgId: string, id: string): Promise<AccountView> {
    const found = await this.accounts.findOnAsset(ctx, orgId, id);
    if (!found) throw new AccountNotFound(id);
    return toAccountView(found);
  }

  async idOf(ctx: Ctx, assetId: string, username: string): Promise<string | undefined> {
    return (await this.accounts.findByUsername(ctx, assetId, username))?.id;
  }

  /** Opens an account's secret. Only after access was decided. */
  async credential(ctx: Ctx, accountId: string): Promise<AccountCredential> {
    const account = await this.accounts.find(ctx, accountId);
    if (!account) throw new AccountNotFound(accountId);
    const secret = this.sealer.open(account.sealedSecret, sealPlace(account.id)).toString();
    return { accountId, assetId: account.assetId, username: account.username, secretType: account.secretType, secret };
  }

  async recordConnectivity(ctx: Ctx, accountId: string, { isOk, error, checkedAt }: ConnectivityResult): Promise<void> {
    await this.accounts.change(ctx, accountId, {
      connectivity: isOk ? 'ok' : 'failed',
      connectivityCheckedAt: checkedAt,
      connectivityError: error,
    });
  }
}
