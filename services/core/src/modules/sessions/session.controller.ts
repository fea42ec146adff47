import { Controller, Get, HttpCode, Post, Req } from '@nestjs/common';
import { pageOf, SessionListQuery, SessionView, TerminateRequest, type Page } from '@sallyport/contracts';
import type { OrgCtx } from '@sallyport/context';
import type { FastifyRequest } from 'fastify';
import { Caller, Endpoint, IdParam, pageFor, RequestCtx, ZodBody, ZodQuery, type AuthenticatedCaller } from '../../http/index.js';
import { toSessionView } from './session.view.js';
import { Sessions } from './sessions.service.js';
import { TerminateSession } from './terminate-session.service.js';

@Controller('api/v1/terminal/sessions')
export class SessionController {
  constructor(
    private readonly sessions: Sessions,
    private readonly termination: TerminateSession,
  ) {}

  @Get()
  @Endpoint({ right: 'terminal.sessions:view', summary: 'List sessions', answer: pageOf(SessionView) })
  async list(
    @Req() request: FastifyRequest,
    @RequestCtx() ctx: OrgCtx,
    @ZodQuery(SessionListQuery) query: SessionListQuery,
  ): Promise<Page<SessionView>> {
    return pageFor(request, query, await this.sessions.list(ctx, query), toSessionView);
  }

  @Get(':id')
  @Endpoint({ right: 'terminal.sessions:view', summary: 'Read a session', answer: SessionView, refuses: { 404: ['SESSION_NOT_FOUND'] } })
  async get(@RequestCtx() ctx: OrgCtx, @IdParam() id: string): Promise<SessionView> {
    return toSessionView(await this.sessions.get(ctx, id));
  }

  @Post(':id/terminate')
  @HttpCode(202)
  @Endpoint({
    right: 'terminal.sessions:terminate',
    summary: 'Terminate a running session',
    answer: SessionView,
    status: 202,
    refuses: { 404: ['SESSION_NOT_FOUND'], 409: ['SESSION_ENDED'] },
  })
  async terminate(
    @RequestCtx() ctx: OrgCtx,
    @Caller() caller: AuthenticatedCaller,
    @IdParam() id: string,
    @ZodBody(TerminateRequest) { message }: TerminateRequest,
  ): Promise<SessionView> {
    return toSessionView(await this.termination.terminate(ctx, id, { by: caller.username, message }));
  }
}
