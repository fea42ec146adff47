import type { SessionListQuery } from '@sallyport/contracts';
import type { SessionFilter } from './list-sessions.repository.js';

const FIELD = { date_start: 'dateStart', date_end: 'dateEnd', user: 'username', asset: 'assetName', account: 'account' } as const;

/** A list's query as the repository takes it. */
export function toSessionFilter(query: SessionListQuery): SessionFilter {
  const { order, date_from: from, date_to: to, remote_addr: sourceIp, ...rest } = query;
  const isDescending = order.startsWith('-');
  const name = (isDescending ? order.slice(1) : order) as keyof typeof FIELD;
  return {
    ...rest,
    sourceIp,
    from: from ? new Date(from) : undefined,
    to: to ? new Date(to) : undefined,
    order: { field: FIELD[name], direction: isDescending ? 'DESC' : 'ASC' },
  };
}
