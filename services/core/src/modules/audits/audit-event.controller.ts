import { Controller, Get, Req } from '@nestjs/common';
import { AuditChainView, AuditEventListQuery, AuditEventView, pageOf, type Page } from '@sallyport/contracts';
import type { Ctx } from '@sallyport/context';
import type { FastifyRequest } from 'fastify';
import { Endpoint, pageFor, RequestCtx, ZodQuery } from '../../http/index.js';
import { DEFAULT_ORG_ID } from '../orgs/index.js';
import { toAuditEventView } from './audit-event.view.js';
import { ListAuditEventsRepository } from './list-audit-events.repository.js';
import { VerifyChain } from './verify-chain.service.js';

@Controller('api/v1/audits/events')
export class AuditEventController {
  constructor(
    private readonly events: ListAuditEventsRepository,
    private readonly chain: VerifyChain,
  ) {}

  @Get()
  @Endpoint({ right: 'audit', summary: 'What happened, newest first', answer: pageOf(AuditEventView) })
  async list(
    @RequestCtx() ctx: Ctx,
    @Req() request: FastifyRequest,
    @ZodQuery(AuditEventListQuery) query: AuditEventListQuery,
  ): Promise<Page<AuditEventView>> {
    return pageFor(request, query, await this.events.list(ctx, DEFAULT_ORG_ID, query), toAuditEventView);
  }

  @Get('chain')
  @Endpoint({ right: 'audit', summary: 'Whether any audit event was changed, removed or put in', answer: AuditChainView })
  async verify(@RequestCtx() ctx: Ctx): Promise<AuditChainView> {
    return this.chain.verify(ctx);
  }
}
