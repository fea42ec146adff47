import { Controller, Get, Req } from '@nestjs/common';
import { AuditChainView, AuditEventListQuery, AuditEventView, pageOf, type Page } from '@sallyport/contracts';
import type { OrgCtx } from '@sallyport/context';
import type { FastifyRequest } from 'fastify';
import { Endpoint, pageFor, RequestCtx, ZodQuery } from '../../http/index.js';
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
  @Endpoint({ right: 'audits.events:view', summary: 'List audit events, newest first', answer: pageOf(AuditEventView) })
  async list(
    @RequestCtx() ctx: OrgCtx,
    @Req() request: FastifyRequest,
    @ZodQuery(AuditEventListQuery) query: AuditEventListQuery,
  ): Promise<Page<AuditEventView>> {
    return pageFor(request, query, await this.events.list(ctx, query), toAuditEventView);
  }

  @Get('chain')
  @Endpoint({
    right: 'audits.events:verify',
    summary: 'Verify that no audit event was changed, deleted or inserted',
    answer: AuditChainView,
  })
  async verify(@RequestCtx() ctx: OrgCtx): Promise<AuditChainView> {
    return this.chain.verify(ctx);
  }
}
