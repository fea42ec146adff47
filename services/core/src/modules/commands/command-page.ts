import { MAX_COMMAND_OFFSET, type CommandListQuery, type CommandPage } from '@sallyport/contracts';
import { pageLink } from '../../http/index.js';
import { toCommandView } from './command.wire.js';
import type { FoundCommands } from './search-commands.service.js';

/** Returns a page of commands with links to its neighbors. `url` is the request's path and query. Pages beyond the deepest offset are linked by cursor. */
export function toCommandPage(url: string, query: CommandListQuery, { found, began }: FoundCommands): CommandPage {
  const { limit, offset } = query;
  const isOffsetDeepest = query.cursor !== undefined || offset + limit > MAX_COMMAND_OFFSET;
  const next = isOffsetDeepest ? { cursor: found.nextCursor, offset: undefined } : { offset: String(offset + limit), cursor: undefined };
  return {
    count: found.count,
    count_is_lower_bound: found.countIsLowerBound,
    next: found.nextCursor === '' ? null : pageLink(url, { limit: String(limit), ...next }),
    previous: offset > 0 ? pageLink(url, { limit: String(limit), offset: String(Math.max(0, offset - limit)), cursor: undefined }) : null,
    results: found.commands.map((command) => toCommandView(command, began.get(command.sessionId))),
  };
}
