import { Inject, Injectable } from '@nestjs/common';
import type { CommandListQuery } from '@sallyport/contracts';
import type { OrgCtx } from '@sallyport/context';
import type { CommandSearchServiceService, SearchResponse } from '@sallyport/proto-gen/command/v1/command_search';
import type { RpcClient } from '@sallyport/rpc';
import { isPeerAway, reach } from '../../rpc/index.js';
import { SessionStarts } from '../sessions/index.js';
import { IndexerUnavailable } from './command.errors.js';
import { searchToPb } from './command.wire.js';

export const INDEXER = Symbol('Indexer');
export type Indexer = Pick<RpcClient<CommandSearchServiceService>, 'unary' | 'waitForReady'>;

const TIMEOUT_MS = 15_000;

/** Commands, and the starts of their sessions by session id. */
export interface FoundCommands {
  readonly found: SearchResponse;
  readonly began: ReadonlyMap<string, Date>;
}

@Injectable()
export class SearchCommands {
  constructor(
    @Inject(INDEXER) private readonly indexer: Indexer,
    private readonly starts: SessionStarts,
  ) {}

  /** Searches with the indexer. Throws IndexerUnavailable if it is unreachable or too slow, otherwise the indexer's own error. */
  async search(ctx: OrgCtx, query: CommandListQuery): Promise<FoundCommands> {
    const found = await this.ask(ctx, query);
    return { found, began: await this.starts.of(ctx, new Set(found.commands.map(({ sessionId }) => sessionId))) };
  }

  private async ask(ctx: OrgCtx, query: CommandListQuery): Promise<SearchResponse> {
    await reach(this.indexer);
    try {
      return await this.indexer.unary('search', searchToPb(query, ctx.orgId), {
        timeoutMs: TIMEOUT_MS,
        signal: ctx.signal,
        requestId: ctx.requestId,
      });
    } catch (error) {
      throw isPeerAway(error) ? new IndexerUnavailable(error) : error;
    }
  }
}
