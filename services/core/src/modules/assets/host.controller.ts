import { Controller, Delete, Get, HttpCode, Patch, Post, Req } from '@nestjs/common';
import { HostCreate, HostListQuery, HostUpdate, HostView, pageOf, type Page } from '@sallyport/contracts';
import type { Ctx } from '@sallyport/context';
import type { FastifyRequest } from 'fastify';
import { Endpoint, IdParam, pageFor, RequestCtx, ZodBody, ZodQuery } from '../../http/index.js';
import { DEFAULT_ORG_ID } from '../orgs/index.js';
import { Hosts } from './hosts.service.js';

@Controller('api/v1/assets/hosts')
export class HostController {
  constructor(private readonly hosts: Hosts) {}

  @Get()
  @Endpoint({ right: 'administer', summary: 'Hosts', answer: pageOf(HostView) })
  async list(
    @RequestCtx() ctx: Ctx,
    @Req() request: FastifyRequest,
    @ZodQuery(HostListQuery) query: HostListQuery,
  ): Promise<Page<HostView>> {
    return pageFor(request, query, await this.hosts.list(ctx, DEFAULT_ORG_ID, query));
  }

  @Post()
  @Endpoint({ right: 'administer', summary: 'Make a host', answer: HostView })
  async create(@RequestCtx() ctx: Ctx, @ZodBody(HostCreate) body: HostCreate): Promise<HostView> {
    return this.hosts.create(ctx, DEFAULT_ORG_ID, body);
  }

  @Get(':id')
  @Endpoint({ right: 'administer', summary: 'A host', answer: HostView })
  async get(@RequestCtx() ctx: Ctx, @IdParam() id: string): Promise<HostView> {
    return this.hosts.view(ctx, DEFAULT_ORG_ID, id);
  }

  @Patch(':id')
  @Endpoint({ right: 'administer', summary: 'Change a host', answer: HostView })
  async update(@RequestCtx() ctx: Ctx, @IdParam() id: string, @ZodBody(HostUpdate) body: HostUpdate): Promise<HostView> {
    return this.hosts.update(ctx, DEFAULT_ORG_ID, id, body);
  }

  @Delete(':id')
  @HttpCode(204)
  @Endpoint({ right: 'administer', summary: 'Remove a host with its accounts', status: 204 })
  async remove(@RequestCtx() ctx: Ctx, @IdParam() id: string): Promise<void> {
    await this.hosts.remove(ctx, DEFAULT_ORG_ID, id);
  }
}
