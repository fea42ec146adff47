import { MAX_COMMAND_OFFSET, type CommandListQuery, type CommandPage } from '@sallyport/contracts';
import type { SearchResponse } from '@sallyport/proto-gen/command/v1/command_search';
import { toCommandView } from './command.wire.js';

/** Returns a page of commands with links to its neighbors. `url` is the URL of the request. Pages beyond the deepest offset are linked by cursor. */
export function toCommandPage(url: URL, query: CommandListQuery, found: SearchResponse): CommandPage {
  const { limit, offset } = query;
  const isOffsetDeepest = query.cursor !== undefined || offset + limit > MAX_COMMAND_OFFSET;
  const next = isOffsetDeepest ? { cursor: found.nextCursor, offset: undefined } : { offset: String(offset + limit), cursor: undefined };
  return {
    count: found.count,
    count_is_lower_bound: found.countIsLowerBound,
    next: found.nextCursor === '' ? null : link(url, limit, next),
    previous: offset > 0 ? link(url, limit, { offset: String(Math.max(0, offset - limit)), cursor: undefined }) : null,
    results: found.commands.map(toCommandView),
  };
}

function link(url: URL, limit: number, place: { offset: string | undefined; cursor: string | undefined }): string {
  const target = new URL(url);
  target.searchParams.set('limit', String(limit));
  for (const [name, value] of Object.entries(place)) {
    if (value === undefined) target.searchParams.delete(name);
    else target.searchParams.set(name, value);
  }
  return target.href;
}
