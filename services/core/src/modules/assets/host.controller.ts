import { Controller, Req } from '@nestjs/common';
import { bulkOf, HostCreate, HostListQuery, HostUpdate, HostView, type BulkAnswer, type Page } from '@sallyport/contracts';
import type { OrgCtx } from '@sallyport/context';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { IdParam, IfMatch, pageFor, RequestCtx, resourceEndpoints, ZodBody, ZodQuery } from '../../http/index.js';
import { ResourceStore } from '../../resource/index.js';
import { Hosts } from './hosts.service.js';

const endpoints = resourceEndpoints('assets.hosts', {
  one: 'a host',
  many: 'hosts',
  view: HostView,
  notFound: 'ASSET_NOT_FOUND',
  refuses: { create: { 409: ['ASSET_NAME_TAKEN'] }, update: { 409: ['ASSET_NAME_TAKEN'] } },
});
const HostBulk = bulkOf(HostCreate, HostUpdate);

@Controller('api/v1/assets/hosts')
export class HostController {
  constructor(
    private readonly hosts: Hosts,
    private readonly store: ResourceStore,
  ) {}

  @endpoints.List()
  async list(
    @RequestCtx() ctx: OrgCtx,
    @Req() request: FastifyRequest,
    @ZodQuery(HostListQuery) query: HostListQuery,
  ): Promise<Page<HostView>> {
    return pageFor(request, query, await this.hosts.list(ctx, query));
  }

  @endpoints.Create()
  create(@RequestCtx() ctx: OrgCtx, @ZodBody(HostCreate) body: HostCreate): Promise<HostView> {
    return this.hosts.create(ctx, body);
  }

  @endpoints.Bulk()
  bulk(@RequestCtx() ctx: OrgCtx, @ZodBody(HostBulk) { operations }: z.infer<typeof HostBulk>): Promise<BulkAnswer> {
    return this.store.bulk(ctx, operations, this.hosts);
  }

  @endpoints.Read()
  get(@RequestCtx() ctx: OrgCtx, @IdParam() id: string): Promise<HostView> {
    return this.hosts.view(ctx, id);
  }

  @endpoints.Update()
  update(
    @RequestCtx() ctx: OrgCtx,
    @IdParam() id: string,
    @IfMatch() ifMatch: string | undefined,
    @ZodBody(HostUpdate) body: HostUpdate,
  ): Promise<HostView> {
    return this.hosts.update(ctx, id, body, ifMatch);
  }

  @endpoints.Remove('Delete a host with its accounts')
  remove(@RequestCtx() ctx: OrgCtx, @IdParam() id: string, @IfMatch() ifMatch: string | undefined): Promise<void> {
    return this.hosts.remove(ctx, id, ifMatch);
  }
}
