import type { estypes } from '@elastic/elasticsearch';
import { COUNT_LIMIT, type CommandQuery } from '../command-store.js';
import { textSearch } from '../search-text.js';
import { SEARCH_FIELDS, type CommandDocument } from './command-document.js';

/** The search for a page, with one row more than asked for where there is a next page. */
export function searchBody(alias: string, query: CommandQuery): estypes.SearchRequest {
  return {
    index: alias,
    // There is no index before the first command.
    ignore_unavailable: true,
    allow_no_indices: true,
    allow_partial_search_results: false,
    query: { bool: { filter: conditionsOf(query) } },
    sort: [{ timestamp: 'desc' }, { id: 'desc' }],
    size: query.limit + 1,
    track_total_hits: COUNT_LIMIT,
    _source: { excludes: [...SEARCH_FIELDS] },
    ...(query.after ? { search_after: [query.after.timestamp.getTime(), query.after.id] } : { from: query.offset }),
  };
}

type Field = keyof CommandDocument;
type Query = estypes.QueryDslQueryContainer;

const is = (field: Field, value: string): Query => ({ term: { [field]: { value } } });
const any = (...queries: readonly Query[]): Query => ({ bool: { should: [...queries], minimum_should_match: 1 } });

function conditionsOf(query: CommandQuery): Query[] {
  const conditions = [is('org_id', query.orgId)];
  const add = <T>(value: T | undefined, condition: (value: T) => Query): void => {
    if (value !== undefined) conditions.push(condition(value));
  };
  add(query.user, (user) => any(is('username', user), is('user_id', user)));
  add(query.asset, (asset) => any(is('asset_name', asset), is('asset_id', asset)));
  add(query.account, (account) => is('account', account));
  add(query.sessionId, (session) => is('session_id', session));
  add(query.riskLevel, (risk) => is('risk_level', risk));
  add(query.dateFrom, (from) => ({ range: { timestamp: { gte: from.toISOString() } } }));
  add(query.dateTo, (to) => ({ range: { timestamp: { lt: to.toISOString() } } }));
  add(textSearch(query.search), ({ part, words }) => {
    const holdsPart: Query = { wildcard: { folded: { value: `*${part.replaceAll(/[\\*?]/g, '\\$&')}*` } } };
    return words.length === 0 ? holdsPart : any({ bool: { filter: words.map((word) => is('words', word)) } }, holdsPart);
  });
  return conditions;
}
