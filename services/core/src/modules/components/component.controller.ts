import { Controller, Get, Req } from '@nestjs/common';
import { ComponentListQuery, ComponentView, pageOf, type Page } from '@sallyport/contracts';
import type { Ctx } from '@sallyport/context';
import type { FastifyRequest } from 'fastify';
import { Endpoint, pageFor, RequestCtx, ZodQuery } from '../../http/index.js';
import { toComponentView } from './component.view.js';
import { Components } from './components.service.js';

const FIELD = { id: 'id', kind: 'kind', date_last_seen: 'dateLastSeen' } as const;

@Controller('api/v1/terminal/components')
export class ComponentController {
  constructor(private readonly components: Components) {}

  @Get()
  @Endpoint({ right: 'audit', summary: 'List the processes that were heard of within a day', answer: pageOf(ComponentView) })
  async list(
    @Req() request: FastifyRequest,
    @RequestCtx() ctx: Ctx,
    @ZodQuery(ComponentListQuery) query: ComponentListQuery,
  ): Promise<Page<ComponentView>> {
    const isDescending = query.order.startsWith('-');
    const field = FIELD[query.order.replace('-', '') as keyof typeof FIELD];
    const order = { field, direction: isDescending ? 'DESC' : 'ASC' } as const;
    const { kind, search, limit, offset } = query;
    return pageFor(request, query, await this.components.list(ctx, { kind, search, limit, offset, order }), toComponentView);
  }
}
