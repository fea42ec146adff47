import { Controller, Get, Req, Res } from '@nestjs/common';
import { AuditChainQuery, AuditChainView, AuditEventListQuery, AuditEventView, pageOf, type Page } from '@sallyport/contracts';
import type { OrgCtx } from '@sallyport/context';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Endpoint, pageFor, RequestCtx, sendJsonLines, ZodQuery } from '../../http/index.js';
import { ExportChain } from './anchors/export-chain.service.js';
import { VerifyChain } from './anchors/verify-chain.service.js';
import { toAuditEventView } from './audit-event.view.js';
import { LinkChain } from './link-chain.service.js';
import { ListAuditEventsRepository } from './list-audit-events.repository.js';

@Controller('api/v1/audits/events')
export class AuditEventController {
  constructor(
    private readonly events: ListAuditEventsRepository,
    private readonly links: LinkChain,
    private readonly chain: VerifyChain,
    private readonly exports: ExportChain,
  ) {}

  @Get()
  @Endpoint({ right: 'audits.events:view', summary: 'List audit events, newest first', answer: pageOf(AuditEventView) })
  async list(
    @RequestCtx() ctx: OrgCtx,
    @Req() request: FastifyRequest,
    @ZodQuery(AuditEventListQuery) query: AuditEventListQuery,
  ): Promise<Page<AuditEventView>> {
    await this.links.link(ctx);
    return pageFor(request, query, await this.events.list(ctx, query), toAuditEventView);
  }

  @Get('chain')
  @Endpoint({
    right: 'audits.events:verify',
    summary: 'Verify from its anchors that no audit event was changed, deleted or inserted',
    answer: AuditChainView,
  })
  async verify(@RequestCtx() ctx: OrgCtx, @ZodQuery(AuditChainQuery) query: AuditChainQuery): Promise<AuditChainView> {
    return this.chain.verify(ctx, query.from_anchor);
  }

  @Get('export')
  @Endpoint({
    right: 'audits.events:verify',
    andRights: ['audits.events:view'],
    summary: 'Download the audit chain for "sallyport verify audit": one event per line, exactly as it was hashed',
    produces: ['application/x-ndjson'],
  })
  async export(@RequestCtx() ctx: OrgCtx, @Res() reply: FastifyReply): Promise<void> {
    await sendJsonLines(reply, 'audit-events.ndjson', this.exports.lines(ctx));
  }
}
