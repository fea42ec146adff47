import { Controller, Delete, Get, HttpCode, Post, Req } from '@nestjs/common';
import { pageOf, SshKeyCreate, SshKeyListQuery, SshKeyView, type Page } from '@sallyport/contracts';
import type { Ctx } from '@sallyport/context';
import type { FastifyRequest } from 'fastify';
import { Endpoint, IdParam, pageFor, RequestCtx, ZodBody, ZodQuery } from '../../http/index.js';
import { SshKeys } from './ssh-keys.service.js';

@Controller('api/v1/users/users/:id/ssh-keys')
export class SshKeyController {
  constructor(private readonly keys: SshKeys) {}

  @Get()
  @Endpoint({ right: 'administer', summary: 'Public keys of a user', answer: pageOf(SshKeyView) })
  async list(
    @RequestCtx() ctx: Ctx,
    @Req() request: FastifyRequest,
    @IdParam() userId: string,
    @ZodQuery(SshKeyListQuery) query: SshKeyListQuery,
  ): Promise<Page<SshKeyView>> {
    return pageFor(request, query, await this.keys.list(ctx, userId, query));
  }

  @Post()
  @Endpoint({ right: 'administer', summary: 'Give a user a public key', answer: SshKeyView })
  async add(@RequestCtx() ctx: Ctx, @IdParam() userId: string, @ZodBody(SshKeyCreate) body: SshKeyCreate): Promise<SshKeyView> {
    return this.keys.add(ctx, userId, body);
  }

  @Delete(':key')
  @HttpCode(204)
  @Endpoint({ right: 'administer', summary: 'Take a public key away', status: 204 })
  async remove(@RequestCtx() ctx: Ctx, @IdParam() userId: string, @IdParam('key') keyId: string): Promise<void> {
    await this.keys.remove(ctx, userId, keyId);
  }
}
