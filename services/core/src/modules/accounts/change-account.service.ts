import { Inject, Injectable } from '@nestjs/common';
import type { AccountCreate, AccountUpdate } from '@sallyport/contracts';
import { uuidv7, type Clock, type Ctx } from '@sallyport/context';
import type { Sealer } from '@sallyport/crypto';
import { Database } from '../../database/index.js';
import { actorName, CLOCK, SEALER } from '../../platform/index.js';
import { Hosts } from '../assets/index.js';
import { AuditLog } from '../audits/index.js';
import { readSecret, type ClearSecret } from './account-secret.js';
import type { AccountEntity } from './account.entity.js';
import { AccountNotFound } from './account.errors.js';
import { AccountRepository } from './account.repository.js';
import { sealPlace } from './seal-place.js';

type Changes = Partial<Omit<AccountEntity, 'id' | 'orgId' | 'assetId'>>;

/** What a new secret brings with it: nobody knows yet whether it works. */
const UNTESTED = { connectivity: 'unknown', connectivityCheckedAt: null, connectivityError: null } as const;

@Injectable()
export class ChangeAccount {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountRepository,
    private readonly hosts: Hosts,
    private readonly audit: AuditLog,
    @Inject(SEALER) private readonly sealer: Sealer,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Refuses an asset of another organization, a login name that the asset has already, and a private key that can't be read. Gives the id. */
  async create(ctx: Ctx, orgId: string, given: AccountCreate): Promise<string> {
    const secret = await readSecret(given);
    if (!secret) throw new Error('the contract lets no account through without a secret');
    const account = this.rowOf(ctx, orgId, given, secret);
    await this.database.run(ctx, async (inside) => {
      await this.hosts.view(inside, orgId, given.asset);
      await this.accounts.add(inside, account);
      await this.trace(inside, 'account.created', account, { asset: account.assetId, secret_type: account.secretType });
    });
    return account.id;
  }

  /** Refuses as create does. A new secret makes the connectivity unknown. */
  async update(ctx: Ctx, orgId: string, id: string, given: AccountUpdate): Promise<void> {
    const secret = await readSecret(given);
    const changes = this.changesOf(id, given, secret);
    await this.database.run(ctx, async (inside) => {
      const account = await this.need(inside, orgId, id);
      await this.accounts.change(inside, id, changes);
      const changed = Object.keys(given)
        .filter((name) => name !== 'passphrase')
        .sort()
        .join(',');
      await this.trace(inside, 'account.updated', account, { asset: account.assetId, changed, is_secret_changed: secret !== undefined });
    });
  }

  async remove(ctx: Ctx, orgId: string, id: string): Promise<void> {
    await this.database.run(ctx, async (inside) => {
      const account = await this.need(inside, orgId, id);
      await this.accounts.remove(inside, id);
      await this.trace(inside, 'account.deleted', account, { asset: account.assetId });
    });
  }

  private rowOf(ctx: Ctx, orgId: string, given: AccountCreate, secret: ClearSecret): AccountEntity {
    const now = new Date(this.clock.now());
    const id = uuidv7();
    return {
      id,
      orgId,
      assetId: given.asset,
      name: given.name ?? given.username,
      username: given.username,
      ...this.sealed(id, secret),
      ...UNTESTED,
      isActive: given.is_active,
      comment: given.comment,
      createdBy: actorName(ctx.actor),
      dateSecretChanged: now,
      dateCreated: now,
      dateUpdated: now,
    };
  }

  private changesOf(id: string, given: AccountUpdate, secret: ClearSecret | undefined): Changes {
    const now = new Date(this.clock.now());
    return {
      ...(given.username !== undefined && { username: given.username }),
      ...(given.name !== undefined && { name: given.name }),
      ...(given.is_active !== undefined && { isActive: given.is_active }),
      ...(given.comment !== undefined && { comment: given.comment }),
      ...(secret && { ...this.sealed(id, secret), ...UNTESTED, dateSecretChanged: now }),
      dateUpdated: now,
    };
  }

  private sealed(id: string, { secretType, text }: ClearSecret) {
    return { secretType, sealedSecret: this.sealer.seal(Buffer.from(text), sealPlace(id)) };
  }

  private async need(ctx: Ctx, orgId: string, id: string): Promise<AccountEntity> {
    const account = await this.accounts.find(ctx, id);
    if (account?.orgId !== orgId) throw new AccountNotFound(id);
    return account;
  }

  private async trace(
    ctx: Ctx,
    type: 'account.created' | 'account.updated' | 'account.deleted',
    account: AccountEntity,
    facts: Record<string, string | boolean>,
  ): Promise<void> {
    const resource = { kind: 'account', id: account.id, name: account.username } as const;
    await this.audit.write(ctx, { type, outcome: 'success', orgId: account.orgId, resource, facts });
  }
}
