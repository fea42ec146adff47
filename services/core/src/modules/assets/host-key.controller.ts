import { Controller, Delete, Get, HttpCode, Post, Req } from '@nestjs/common';
import { HostKeyCreate, HostKeyListQuery, HostKeyView, pageOf, type Page } from '@sallyport/contracts';
import type { OrgCtx } from '@sallyport/context';
import type { FastifyRequest } from 'fastify';
import { Endpoint, IdParam, pageFor, RequestCtx, ZodBody, ZodQuery } from '../../http/index.js';
import { ApproveHostKey } from './approve-host-key.service.js';
import { HostKeys } from './host-keys.service.js';

@Controller('api/v1/assets/hosts/:id/host-keys')
export class HostKeyController {
  constructor(
    private readonly keys: HostKeys,
    private readonly approval: ApproveHostKey,
  ) {}

  @Get()
  @Endpoint({
    right: 'assets.host-keys:view',
    summary: 'List the keys that are pinned for a host',
    answer: pageOf(HostKeyView),
    refuses: { 404: ['ASSET_NOT_FOUND'] },
  })
  async list(
    @RequestCtx() ctx: OrgCtx,
    @Req() request: FastifyRequest,
    @IdParam() assetId: string,
    @ZodQuery(HostKeyListQuery) query: HostKeyListQuery,
  ): Promise<Page<HostKeyView>> {
    return pageFor(request, query, await this.keys.list(ctx, assetId, query));
  }

  @Post()
  @Endpoint({
    right: 'assets.host-keys:create',
    summary: 'Approve a host key before the host presents it, whole or by its fingerprint',
    answer: HostKeyView,
    refuses: { 400: ['HOST_KEY_INVALID'], 404: ['ASSET_NOT_FOUND'], 409: ['HOST_KEY_TAKEN'] },
  })
  approve(@RequestCtx() ctx: OrgCtx, @IdParam() assetId: string, @ZodBody(HostKeyCreate) body: HostKeyCreate): Promise<HostKeyView> {
    return this.approval.approve(ctx, assetId, body);
  }

  @Delete(':key')
  @HttpCode(204)
  @Endpoint({
    right: 'assets.host-keys:delete',
    summary: 'Unpin a key; if none is left, the next key that the host presents is pinned, or refused if CORE_UNKNOWN_HOST_KEYS says so',
    status: 204,
    refuses: { 404: ['ASSET_NOT_FOUND', 'HOST_KEY_NOT_FOUND'] },
  })
  async unpin(@RequestCtx() ctx: OrgCtx, @IdParam() assetId: string, @IdParam('key') keyId: string): Promise<void> {
    await this.keys.unpin(ctx, assetId, keyId);
  }
}
