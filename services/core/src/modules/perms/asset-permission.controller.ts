import { Controller, Delete, Get, HttpCode, Patch, Post, Req } from '@nestjs/common';
import {
  AssetPermissionCreate,
  AssetPermissionListQuery,
  AssetPermissionUpdate,
  AssetPermissionView,
  pageOf,
  type Page,
} from '@sallyport/contracts';
import type { Ctx } from '@sallyport/context';
import type { FastifyRequest } from 'fastify';
import { Endpoint, IdParam, pageFor, RequestCtx, ZodBody, ZodQuery } from '../../http/index.js';
import { DEFAULT_ORG_ID } from '../orgs/index.js';
import { AssetPermissions } from './asset-permissions.service.js';

@Controller('api/v1/perms/asset-permissions')
export class AssetPermissionController {
  constructor(private readonly permissions: AssetPermissions) {}

  @Get()
  @Endpoint({ right: 'administer', summary: 'Who may use which accounts on which assets', answer: pageOf(AssetPermissionView) })
  async list(
    @RequestCtx() ctx: Ctx,
    @Req() request: FastifyRequest,
    @ZodQuery(AssetPermissionListQuery) query: AssetPermissionListQuery,
  ): Promise<Page<AssetPermissionView>> {
    return pageFor(request, query, await this.permissions.list(ctx, DEFAULT_ORG_ID, query));
  }

  @Post()
  @Endpoint({ right: 'administer', summary: 'Make a permission', answer: AssetPermissionView })
  async create(@RequestCtx() ctx: Ctx, @ZodBody(AssetPermissionCreate) body: AssetPermissionCreate): Promise<AssetPermissionView> {
    return this.permissions.create(ctx, DEFAULT_ORG_ID, body);
  }

  @Get(':id')
  @Endpoint({ right: 'administer', summary: 'A permission', answer: AssetPermissionView })
  async get(@RequestCtx() ctx: Ctx, @IdParam() id: string): Promise<AssetPermissionView> {
    return this.permissions.view(ctx, DEFAULT_ORG_ID, id);
  }

  @Patch(':id')
  @Endpoint({
    right: 'administer',
    summary: 'Change a permission; lists that are given replace what was there',
    answer: AssetPermissionView,
  })
  async update(
    @RequestCtx() ctx: Ctx,
    @IdParam() id: string,
    @ZodBody(AssetPermissionUpdate) body: AssetPermissionUpdate,
  ): Promise<AssetPermissionView> {
    return this.permissions.update(ctx, DEFAULT_ORG_ID, id, body);
  }

  @Delete(':id')
  @HttpCode(204)
  @Endpoint({ right: 'administer', summary: 'Remove a permission', status: 204 })
  async remove(@RequestCtx() ctx: Ctx, @IdParam() id: string): Promise<void> {
    await this.permissions.remove(ctx, DEFAULT_ORG_ID, id);
  }
}
