import { Inject, Injectable } from '@nestjs/common';
import type { AccountCreate, AccountListQuery, AccountUpdate, AccountView } from '@sallyport/contracts';
import { uuidv7, type OrgCtx } from '@sallyport/context';
import type { Sealer } from '@sallyport/crypto';
import { actorName, SEALER } from '../../platform/index.js';
import { givenColumns, ResourceStore, type Rows } from '../../resource/index.js';
import { Hosts } from '../assets/index.js';
import { readSecret, type ClearSecret } from './account-secret.js';
import type { AccountEntity, AccountOnAsset } from './account.entity.js';
import { accountList, accountResource } from './account.resource.js';
import { secretAad } from './secret-aad.js';

/** Connectivity of an account with a new secret. */
const UNTESTED = { connectivity: 'unknown', connectivityCheckedAt: null, connectivityError: null } as const;

@Injectable()
export class Accounts {
  constructor(
    private readonly store: ResourceStore,
    private readonly hosts: Hosts,
    @Inject(SEALER) private readonly sealer: Sealer,
  ) {}

  list(ctx: OrgCtx, query: AccountListQuery): Promise<Rows<AccountView>> {
    return this.store.list(ctx, accountResource, accountList, query);
  }

  /** Throws ACCOUNT_NOT_FOUND. */
  view(ctx: OrgCtx, id: string): Promise<AccountView> {
    return this.store.view(ctx, accountResource, id);
  }

  async findId(ctx: OrgCtx, assetId: string, username: string): Promise<string | undefined> {
    return (await this.store.find(ctx, accountResource, { assetId, username }))?.id;
  }

  /** Throws ASSET_NOT_FOUND, AccountUsernameTaken and PrivateKeyInvalid. */
  async create(ctx: OrgCtx, given: AccountCreate): Promise<AccountView> {
    const secret = await readSecret(given);
    if (!secret) throw new Error('the contract accepts only accounts with a secret');
    await this.hosts.view(ctx, given.asset);
    const account = await this.store.create(ctx, accountResource, this.rowOf(ctx, given, secret), {
      facts: ({ assetId, secretType }) => ({ asset: assetId, secret_type: secretType }),
    });
    return this.store.show(accountResource, account);
  }

  /** Sets the connectivity to unknown if the secret changes. Throws as `create` does, ACCOUNT_NOT_FOUND and VersionStale. */
  async update(ctx: OrgCtx, id: string, given: AccountUpdate, ifMatch?: string): Promise<AccountView> {
    const secret = await readSecret(given);
    const facts = ({ assetId }: AccountOnAsset) => ({ asset: assetId, is_secret_changed: secret !== undefined });
    const change = () => ({ columns: { ...givenColumns(accountResource.fields, given), ...(secret && this.secretColumns(id, secret)) } });
    return this.store.show(accountResource, await this.store.change(ctx, accountResource, id, change, { ifMatch, facts }));
  }

  /** Throws ACCOUNT_NOT_FOUND and VersionStale. */
  async remove(ctx: OrgCtx, id: string, ifMatch?: string): Promise<void> {
    await this.store.remove(ctx, accountResource, id, { ifMatch, facts: ({ assetId }) => ({ asset: assetId }) });
  }

  private rowOf(ctx: OrgCtx, given: AccountCreate, secret: ClearSecret): AccountEntity {
    const [now, id] = [this.store.now(), uuidv7()];
    return {
      id,
      orgId: ctx.orgId,
      assetId: given.asset,
      name: given.name ?? given.username,
      username: given.username,
      ...this.secretColumns(id, secret),
      isActive: given.is_active,
      comment: given.comment,
      createdBy: actorName(ctx.actor),
      dateCreated: now,
      dateUpdated: now,
    };
  }

  private secretColumns(id: string, { secretType, text }: ClearSecret) {
    return {
      secretType,
      sealedSecret: this.sealer.seal(Buffer.from(text), secretAad(id)),
      dateSecretChanged: this.store.now(),
      ...UNTESTED,
    };
  }
}
