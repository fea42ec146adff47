import { Inject, Injectable } from '@nestjs/common';
import type { OrgCtx } from '@sallyport/context';
import type { Sealer } from '@sallyport/crypto';
import { SEALER } from '../../platform/index.js';
import type { AccountEntity, SecretType } from './account.entity.js';
import { AccountRepository } from './account.repository.js';
import { accountNotFound } from './account.errors.js';
import { secretAad } from './secret-aad.js';

/** Login name and secret of an account, for one session or one task: never kept, logged or put on NATS. */
export interface AccountCredential {
  readonly accountId: string;
  readonly assetId: string;
  readonly username: string;
  readonly secretType: SecretType;
  /** A password, or a private key as unencrypted OpenSSH text. */
  readonly secret: string;
}

type SealedAccount = Pick<AccountEntity, 'id' | 'assetId' | 'username' | 'secretType' | 'sealedSecret'>;

/** Result of a connectivity test. */
export interface ConnectivityResult {
  readonly isOk: boolean;
  /** For the operator; null if the test succeeded. */
  readonly error: string | null;
  readonly checkedAt: Date;
}

/** Opens the secrets of accounts for sessions and tasks, and keeps the results of their tests. */
@Injectable()
export class Credentials {
  constructor(
    private readonly accounts: AccountRepository,
    @Inject(SEALER) private readonly sealer: Sealer,
  ) {}

  /** Returns an account with its secret in clear. Call it only after access was decided. Throws ACCOUNT_NOT_FOUND. */
  async open(ctx: OrgCtx, accountId: string): Promise<AccountCredential> {
    const account = await this.accounts.find(ctx, accountId);
    if (!account) throw accountNotFound(accountId);
    return this.unseal(account);
  }

  /** Returns an account as it was read, with its secret in clear. Call it only after access was decided. */
  unseal({ id, assetId, username, secretType, sealedSecret }: SealedAccount): AccountCredential {
    return { accountId: id, assetId, username, secretType, secret: this.sealer.open(sealedSecret, secretAad(id)).toString() };
  }

  async recordConnectivity(ctx: OrgCtx, accountId: string, { isOk, error, checkedAt }: ConnectivityResult): Promise<void> {
    await this.accounts.recordConnectivity(ctx, accountId, {
      connectivity: isOk ? 'ok' : 'failed',
      connectivityCheckedAt: checkedAt,
      connectivityError: error,
    });
  }
}
