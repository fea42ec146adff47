import { Controller, Get, Req } from '@nestjs/common';
import { OwnAssetListQuery, OwnAssetView, pageOf, type Page } from '@sallyport/contracts';
import type { OrgCtx } from '@sallyport/context';
import type { FastifyRequest } from 'fastify';
import { Caller, Endpoint, pageFor, RequestCtx, ZodQuery, type AuthenticatedCaller } from '../../http/index.js';
import { Grants, type GrantedAsset } from './grants.service.js';

@Controller('api/v1/users/profile/assets')
export class OwnAssetsController {
  constructor(private readonly grants: Grants) {}

  @Get()
  @Endpoint({ right: 'users.profile:view', summary: 'List the assets that the caller may connect to now', answer: pageOf(OwnAssetView) })
  async list(
    @Req() request: FastifyRequest,
    @RequestCtx() ctx: OrgCtx,
    @Caller() caller: AuthenticatedCaller,
    @ZodQuery(OwnAssetListQuery) query: OwnAssetListQuery,
  ): Promise<Page<OwnAssetView>> {
    const { count, assets } = await this.grants.findGranted(ctx, caller.userId, query);
    return pageFor(request, query, { count, rows: assets }, toOwnAssetView);
  }
}

const toOwnAssetView = ({ id, name, address, port, comment, accounts }: GrantedAsset): OwnAssetView => ({
  id,
  name,
  address,
  port,
  comment,
  accounts: accounts.map((account) => ({ id: account.id, username: account.username })),
});
