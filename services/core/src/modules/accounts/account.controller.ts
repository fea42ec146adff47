import { Controller, Delete, Get, HttpCode, Patch, Post, Req } from '@nestjs/common';
import { AccountCreate, AccountListQuery, AccountUpdate, AccountView, pageOf, type Page } from '@sallyport/contracts';
import type { Ctx } from '@sallyport/context';
import type { FastifyRequest } from 'fastify';
import { Endpoint, IdParam, pageFor, RequestCtx, ZodBody, ZodQuery } from '../../http/index.js';
import { DEFAULT_ORG_ID } from '../orgs/index.js';
import { Accounts } from './accounts.service.js';
import { ChangeAccount } from './change-account.service.js';

@Controller('api/v1/accounts/accounts')
export class AccountController {
  constructor(
    private readonly accounts: Accounts,
    private readonly changing: ChangeAccount,
  ) {}

  @Get()
  @Endpoint({ right: 'administer', summary: 'Accounts of assets; their secrets are never shown', answer: pageOf(AccountView) })
  async list(
    @RequestCtx() ctx: Ctx,
    @Req() request: FastifyRequest,
    @ZodQuery(AccountListQuery) query: AccountListQuery,
  ): Promise<Page<AccountView>> {
    return pageFor(request, query, await this.accounts.list(ctx, DEFAULT_ORG_ID, query));
  }

  @Post()
  @Endpoint({ right: 'administer', summary: 'Make an account', answer: AccountView })
  async create(@RequestCtx() ctx: Ctx, @ZodBody(AccountCreate) body: AccountCreate): Promise<AccountView> {
    const id = await this.changing.create(ctx, DEFAULT_ORG_ID, body);
    return this.accounts.view(ctx, DEFAULT_ORG_ID, id);
  }

  @Get(':id')
  @Endpoint({ right: 'administer', summary: 'An account', answer: AccountView })
  async get(@RequestCtx() ctx: Ctx, @IdParam() id: string): Promise<AccountView> {
    return this.accounts.view(ctx, DEFAULT_ORG_ID, id);
  }

  @Patch(':id')
  @Endpoint({ right: 'administer', summary: 'Change an account or its secret', answer: AccountView })
  async update(@RequestCtx() ctx: Ctx, @IdParam() id: string, @ZodBody(AccountUpdate) body: AccountUpdate): Promise<AccountView> {
    await this.changing.update(ctx, DEFAULT_ORG_ID, id, body);
    return this.accounts.view(ctx, DEFAULT_ORG_ID, id);
  }

  @Delete(':id')
  @HttpCode(204)
  @Endpoint({ right: 'administer', summary: 'Remove an account', status: 204 })
  async remove(@RequestCtx() ctx: Ctx, @IdParam() id: string): Promise<void> {
    await this.changing.remove(ctx, DEFAULT_ORG_ID, id);
  }
}
