import { Controller, Req } from '@nestjs/common';
import { AccountCreate, AccountListQuery, AccountUpdate, AccountView, bulkOf, type BulkAnswer, type Page } from '@sallyport/contracts';
import type { OrgCtx } from '@sallyport/context';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { IdParam, IfMatch, pageFor, RequestCtx, resourceEndpoints, ZodBody, ZodQuery } from '../../http/index.js';
import { ResourceStore } from '../../resource/index.js';
import { Accounts } from './accounts.service.js';

const endpoints = resourceEndpoints('accounts.accounts', {
  one: 'an account',
  many: 'accounts',
  view: AccountView,
  notFound: 'ACCOUNT_NOT_FOUND',
  refuses: {
    create: { 400: ['PRIVATE_KEY_INVALID'], 404: ['ASSET_NOT_FOUND'], 409: ['ACCOUNT_USERNAME_TAKEN'] },
    update: { 400: ['PRIVATE_KEY_INVALID'], 409: ['ACCOUNT_USERNAME_TAKEN'] },
  },
});
const AccountBulk = bulkOf(AccountCreate, AccountUpdate);

@Controller('api/v1/accounts/accounts')
export class AccountController {
  constructor(
    private readonly accounts: Accounts,
    private readonly store: ResourceStore,
  ) {}

  @endpoints.List()
  async list(
    @RequestCtx() ctx: OrgCtx,
    @Req() request: FastifyRequest,
    @ZodQuery(AccountListQuery) query: AccountListQuery,
  ): Promise<Page<AccountView>> {
    return pageFor(request, query, await this.accounts.list(ctx, query));
  }

  @endpoints.Create()
  create(@RequestCtx() ctx: OrgCtx, @ZodBody(AccountCreate) body: AccountCreate): Promise<AccountView> {
    return this.accounts.create(ctx, body);
  }

  @endpoints.Bulk()
  bulk(@RequestCtx() ctx: OrgCtx, @ZodBody(AccountBulk) { operations }: z.infer<typeof AccountBulk>): Promise<BulkAnswer> {
    return this.store.bulk(ctx, operations, this.accounts);
  }

  @endpoints.Read()
  get(@RequestCtx() ctx: OrgCtx, @IdParam() id: string): Promise<AccountView> {
    return this.accounts.view(ctx, id);
  }

  @endpoints.Update('Change an account or its secret')
  update(
    @RequestCtx() ctx: OrgCtx,
    @IdParam() id: string,
    @IfMatch() ifMatch: string | undefined,
    @ZodBody(AccountUpdate) body: AccountUpdate,
  ): Promise<AccountView> {
    return this.accounts.update(ctx, id, body, ifMatch);
  }

  @endpoints.Remove()
  remove(@RequestCtx() ctx: OrgCtx, @IdParam() id: string, @IfMatch() ifMatch: string | undefined): Promise<void> {
    return this.accounts.remove(ctx, id, ifMatch);
  }
}
