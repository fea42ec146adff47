import { Inject, Injectable } from '@nestjs/common';
import type { CommandListQuery, CommandView } from '@sallyport/contracts';
import type { OrgCtx } from '@sallyport/context';
import type { CommandSearchServiceService, SearchResponse } from '@sallyport/proto-gen/command/v1/command_search';
import type { RpcClient } from '@sallyport/rpc';
import { isPeerAway, reach } from '../../rpc/index.js';
import { IndexerUnavailable } from './command.errors.js';
import { commandFromPb, searchToPb } from './command.wire.js';

export const INDEXER = Symbol('Indexer');
export type Indexer = Pick<RpcClient<CommandSearchServiceService>, 'unary' | 'waitForReady'>;

/** What a search found. */
export interface FoundCommands {
  readonly commands: CommandView[];
  readonly count: number;
  readonly isLowerBound: boolean;
  /** Empty at the end. */
  readonly nextCursor: string;
}

const TIMEOUT_MS = 15_000;

@Injectable()
export class SearchCommands {
  constructor(@Inject(INDEXER) private readonly indexer: Indexer) {}

  /** Asks the indexer. Throws IndexerUnavailable when it can't be reached or is too slow, and else what it says itself. */
  async search(ctx: OrgCtx, query: CommandListQuery): Promise<FoundCommands> {
    const found = await this.ask(ctx, query);
    return {
      commands: found.commands.map(commandFromPb),
      count: found.count,
      isLowerBound: found.countIsLowerBound,
      nextCursor: found.nextCursor,
    };
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
