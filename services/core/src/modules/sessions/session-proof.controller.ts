import { Controller, Get, Res } from '@nestjs/common';
import type { OrgCtx } from '@sallyport/context';
import type { FastifyReply } from 'fastify';
import { Endpoint, RequestCtx, sendJsonLines } from '../../http/index.js';
import { ListSessionProofs } from './list-session-proofs.service.js';

@Controller('api/v1/terminal/session-proofs')
export class SessionProofController {
  constructor(private readonly proofs: ListSessionProofs) {}

  @Get()
  @Endpoint({
    right: 'terminal.sessions:view',
    summary:
      'Download the list of sessions for "sallyport verify --against": one session per line, with the length and hash chain of its recording; the last line is signed',
    produces: ['application/x-ndjson'],
  })
  async list(@RequestCtx() ctx: OrgCtx, @Res() reply: FastifyReply): Promise<void> {
    await sendJsonLines(reply, 'session-proofs.ndjson', this.proofs.lines(ctx));
  }
}
