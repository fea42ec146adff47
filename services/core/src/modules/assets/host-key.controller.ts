import { Controller, Delete, Get, HttpCode, Req } from '@nestjs/common';
import { HostKeyListQuery, HostKeyView, pageOf, type Page } from '@sallyport/contracts';
import type { Ctx } from '@sallyport/context';
import type { FastifyRequest } from 'fastify';
import { Endpoint, IdParam, pageFor, RequestCtx, ZodQuery } from '../../http/index.js';
import { DEFAULT_ORG_ID } from '../orgs/index.js';
import { HostKeys } from './host-keys.service.js';

@Controller('api/v1/assets/hosts/:id/host-keys')
export class HostKeyController {
  constructor(private readonly keys: HostKeys) {}

  @Get()
  @Endpoint({ right: 'administer', summary: 'Keys pinned for a host', answer: pageOf(HostKeyView) })
  async list(
    @RequestCtx() ctx: Ctx,
    @Req() request: FastifyRequest,
    @IdParam() assetId: string,
    @ZodQuery(HostKeyListQuery) query: HostKeyListQuery,
  ): Promise<Page<HostKeyView>> {
    return pageFor(request, query, await this.keys.list(ctx, DEFAULT_ORG_ID, assetId, query));
  }

  @Delete(':key')
  @HttpCode(204)
  @Endpoint({ right: 'administer', summary: 'Unpin a key: the next one seen is pinned when none is left', status: 204 })
  async unpin(@RequestCtx() ctx: Ctx, @IdParam() assetId: string, @IdParam('key') keyId: string): Promise<void> {
    await this.keys.unpin(ctx, DEFAULT_ORG_ID, assetId, keyId);
  }
}
