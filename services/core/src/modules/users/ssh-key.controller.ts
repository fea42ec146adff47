import { Controller, Delete, Get, HttpCode, Post, Req } from '@nestjs/common';
import { pageOf, SshKeyCreate, SshKeyListQuery, SshKeyView, type Page } from '@sallyport/contracts';
import type { OrgCtx } from '@sallyport/context';
import type { FastifyRequest } from 'fastify';
import { Caller, Endpoint, IdParam, pageFor, RequestCtx, ZodBody, ZodQuery, type AuthenticatedCaller } from '../../http/index.js';
import { roleHas } from '../../rights/index.js';
import { SshKeys } from './ssh-keys.service.js';

@Controller('api/v1/users/users/:id/ssh-keys')
export class SshKeyController {
  constructor(private readonly keys: SshKeys) {}

  @Get()
  @Endpoint({
    right: 'users.ssh-keys:view',
    summary: 'List the public keys of a user',
    answer: pageOf(SshKeyView),
    refuses: { 404: ['USER_NOT_FOUND'] },
  })
  async list(
    @RequestCtx() ctx: OrgCtx,
    @Req() request: FastifyRequest,
    @IdParam() userId: string,
    @ZodQuery(SshKeyListQuery) query: SshKeyListQuery,
  ): Promise<Page<SshKeyView>> {
    return pageFor(request, query, await this.keys.list(ctx, userId, query));
  }

  @Post()
  @Endpoint({
    right: 'users.ssh-keys:create',
    summary: 'Add a public key to a user',
    answer: SshKeyView,
    refuses: { 400: ['SSH_KEY_INVALID'], 404: ['USER_NOT_FOUND'], 409: ['SSH_KEY_TAKEN', 'SSH_KEY_IN_USE'] },
  })
  async add(
    @RequestCtx() ctx: OrgCtx,
    @Caller() { role }: AuthenticatedCaller,
    @IdParam() userId: string,
    @ZodBody(SshKeyCreate) body: SshKeyCreate,
  ): Promise<SshKeyView> {
    return this.keys.add(ctx, userId, body, { seesUsers: roleHas(role, 'users.users:view') });
  }

  @Delete(':key')
  @HttpCode(204)
  @Endpoint({
    right: 'users.ssh-keys:delete',
    summary: 'Delete a public key of a user',
    status: 204,
    refuses: { 404: ['USER_NOT_FOUND', 'SSH_KEY_NOT_FOUND'] },
  })
  async remove(@RequestCtx() ctx: OrgCtx, @IdParam() userId: string, @IdParam('key') keyId: string): Promise<void> {
    await this.keys.remove(ctx, userId, keyId);
  }
}
