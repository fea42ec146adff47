import { Controller, Get, Req } from '@nestjs/common';
import { ComponentListQuery, ComponentView, pageOf, type Page } from '@sallyport/contracts';
import type { OrgCtx } from '@sallyport/context';
import type { FastifyRequest } from 'fastify';
import { Endpoint, pageFor, RequestCtx, ZodQuery } from '../../http/index.js';
import { toComponentView } from './component.view.js';
import { Components } from './components.service.js';

@Controller('api/v1/terminal/components')
export class ComponentController {
  constructor(private readonly components: Components) {}

  @Get()
  @Endpoint({
    right: 'terminal.components:view',
    summary: 'List the processes with a heartbeat within a day',
    answer: pageOf(ComponentView),
  })
  async list(
    @Req() request: FastifyRequest,
    @RequestCtx() ctx: OrgCtx,
    @ZodQuery(ComponentListQuery) query: ComponentListQuery,
  ): Promise<Page<ComponentView>> {
    return pageFor(request, query, await this.components.list(ctx, query), toComponentView);
  }
}
