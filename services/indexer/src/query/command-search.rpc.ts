import type { CommandSearchServiceService, SearchRequest, SearchResponse } from '@sallyport/proto-gen/command/v1/command_search';
import type { Handlers } from '@sallyport/rpc';
import type { CommandStore } from '../store/index.js';
import { encodeCursor } from './cursor.js';
import { queryFromRequest } from './query-from-request.js';

/** Returns the handlers of searches. Core has authorized the search. */
export function commandSearchHandlers(store: Pick<CommandStore, 'find'>): Handlers<CommandSearchServiceService> {
  return { search: (_ctx, request) => search(store, request) };
}

async function search(store: Pick<CommandStore, 'find'>, request: SearchRequest): Promise<SearchResponse> {
  const { commands, count, isCountLowerBound, next } = await store.find(queryFromRequest(request));
  return { commands: [...commands], count, countIsLowerBound: isCountLowerBound, nextCursor: next ? encodeCursor(next) : '' };
}
