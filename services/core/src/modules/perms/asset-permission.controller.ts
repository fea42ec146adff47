import { Controller, Req } from '@nestjs/common';
import {
  AssetPermissionCreate,
  AssetPermissionListQuery,
  AssetPermissionUpdate,
  AssetPermissionView,
  bulkOf,
  type BulkAnswer,
  type Page,
} from '@sallyport/contracts';
import type { OrgCtx } from '@sallyport/context';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { IdParam, IfMatch, pageFor, RequestCtx, resourceEndpoints, ZodBody, ZodQuery } from '../../http/index.js';
import { ResourceStore } from '../../resource/index.js';
import { AssetPermissions } from './asset-permissions.service.js';

const WRONG = { 400: ['ASSET_PERMISSION_DATES_WRONG', 'ASSET_PERMISSION_NAMES_UNKNOWN'], 409: ['ASSET_PERMISSION_NAME_TAKEN'] };
const endpoints = resourceEndpoints('perms.asset-permissions', {
  one: 'an asset permission',
  many: 'asset permissions',
  view: AssetPermissionView,
  notFound: 'ASSET_PERMISSION_NOT_FOUND',
  refuses: { create: WRONG, update: WRONG },
});
const AssetPermissionBulk = bulkOf(AssetPermissionCreate, AssetPermissionUpdate);

@Controller('api/v1/perms/asset-permissions')
export class AssetPermissionController {
  constructor(
    private readonly permissions: AssetPermissions,
    private readonly store: ResourceStore,
  ) {}

  @endpoints.List()
  async list(
    @RequestCtx() ctx: OrgCtx,
    @Req() request: FastifyRequest,
    @ZodQuery(AssetPermissionListQuery) query: AssetPermissionListQuery,
  ): Promise<Page<AssetPermissionView>> {
    return pageFor(request, query, await this.permissions.list(ctx, query));
  }

  @endpoints.Create()
  create(@RequestCtx() ctx: OrgCtx, @ZodBody(AssetPermissionCreate) body: AssetPermissionCreate): Promise<AssetPermissionView> {
    return this.permissions.create(ctx, body);
  }

  @endpoints.Bulk()
  bulk(@RequestCtx() ctx: OrgCtx, @ZodBody(AssetPermissionBulk) { operations }: z.infer<typeof AssetPermissionBulk>): Promise<BulkAnswer> {
    return this.store.bulk(ctx, operations, this.permissions);
  }

  @endpoints.Read()
  get(@RequestCtx() ctx: OrgCtx, @IdParam() id: string): Promise<AssetPermissionView> {
    return this.permissions.view(ctx, id);
  }

  @endpoints.Update('Change an asset permission; lists that are given replace those of the permission')
  update(
    @RequestCtx() ctx: OrgCtx,
    @IdParam() id: string,
    @IfMatch() ifMatch: string | undefined,
    @ZodBody(AssetPermissionUpdate) body: AssetPermissionUpdate,
  ): Promise<AssetPermissionView> {
    return this.permissions.update(ctx, id, body, ifMatch);
  }

  @endpoints.Remove()
  remove(@RequestCtx() ctx: OrgCtx, @IdParam() id: string, @IfMatch() ifMatch: string | undefined): Promise<void> {
    return this.permissions.remove(ctx, id, ifMatch);
  }
}
