import { Controller, Get, Req } from '@nestjs/common';
import { CommandListQuery, CommandPage } from '@sallyport/contracts';
import type { OrgCtx } from '@sallyport/context';
import type { FastifyRequest } from 'fastify';
import { Endpoint, RequestCtx, ZodQuery } from '../../http/index.js';
import { toCommandPage } from './command-page.js';
import { SearchCommands } from './search-commands.service.js';

/** The indexer's own refusals are passed on. */
const REFUSES = {
  400: ['CURSOR_INVALID', 'COMMAND_SEARCH_INVALID'],
  404: ['COMMANDS_NOT_KEPT'],
  503: ['INDEXER_UNAVAILABLE', 'COMMAND_SEARCH_TOO_SLOW', 'COMMAND_STORE_UNAVAILABLE'],
};

@Controller('api/v1/terminal/commands')
export class CommandController {
  constructor(private readonly commands: SearchCommands) {}

  @Get()
  @Endpoint({ right: 'terminal.commands:view', summary: 'Search commands, newest first', answer: CommandPage, refuses: REFUSES })
  async list(
    @Req() request: FastifyRequest,
    @RequestCtx() ctx: OrgCtx,
    @ZodQuery(CommandListQuery) query: CommandListQuery,
  ): Promise<CommandPage> {
    return toCommandPage(request.url, query, await this.commands.search(ctx, query));
  }
}
