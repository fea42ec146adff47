import type { estypes } from '@elastic/elasticsearch';
import { COUNT_LIMIT, type CommandQuery } from '../command-store.js';
import { CERTAINTY_NAMES, KIND_NAMES, RISK_NAMES } from '../command.js';
import { textSearch } from '../search-text.js';
import { FIELDS, SEARCH_FIELD_NAMES } from './document-fields.js';

/** Returns the search for a page, with one row more than asked for where there is a next page. It leaves the indices of `without` out. */
export function searchBody(alias: string, query: CommandQuery, without: readonly string[] = []): estypes.SearchRequest {
  return {
    // Elasticsearch leaves an index out of a pattern only, not out of an alias.
    index: without.length === 0 ? alias : [`${alias}-*`, ...without.map((name) => `-${name}`)],
    // The index does not exist before the first command.
    ignore_unavailable: true,
    allow_no_indices: true,
    allow_partial_search_results: false,
    query: { bool: { filter: conditionsOf(query) } },
    sort: [{ [FIELDS.timestamp.name]: 'desc' }, { [FIELDS.id.name]: 'desc' }],
    size: query.limit + 1,
    track_total_hits: COUNT_LIMIT,
    _source: { excludes: SEARCH_FIELD_NAMES },
    ...(query.after ? { search_after: [query.after.timestamp.getTime(), query.after.id] } : { from: query.offset }),
  };
}

type Query = estypes.QueryDslQueryContainer;

const is = ({ name }: { readonly name: string }, value: string): Query => ({ term: { [name]: { value } } });
/** Returns the condition on a name in any case, as a login finds it. */
const isNamed = ({ name }: { readonly name: string }, value: string): Query => ({ term: { [name]: { value, case_insensitive: true } } });
const any = (...queries: readonly Query[]): Query => ({ bool: { should: [...queries], minimum_should_match: 1 } });
const inTime = (bounds: { gte: string } | { lt: string }): Query => ({ range: { [FIELDS.timestamp.name]: bounds } });

function conditionsOf(query: CommandQuery): Query[] {
  const conditions = [is(FIELDS.orgId, query.orgId)];
  const add = <T>(value: T | undefined, condition: (value: T) => Query): void => {
    if (value !== undefined) conditions.push(condition(value));
  };
  add(query.user, (user) => any(isNamed(FIELDS.username, user), is(FIELDS.userId, user)));
  add(query.asset, (asset) => any(isNamed(FIELDS.assetName, asset), is(FIELDS.assetId, asset)));
  add(query.account, (account) => is(FIELDS.account, account));
  add(query.sessionId, (session) => is(FIELDS.sessionId, session));
  add(query.riskLevel, (risk) => is(FIELDS.riskLevel, RISK_NAMES[risk]));
  add(query.kind, (kind) => is(FIELDS.kind, KIND_NAMES[kind]));
  add(query.certainty, (certainty) => is(FIELDS.certainty, CERTAINTY_NAMES[certainty]));
  add(query.dateFrom, (from) => inTime({ gte: from.toISOString() }));
  add(query.dateTo, (to) => inTime({ lt: to.toISOString() }));
  add(textSearch(query.search), ({ part, terms }) => {
    const holdsPart: Query = { wildcard: { folded: { value: `*${part.replaceAll(/[\\*?]/g, '\\$&')}*` } } };
    return terms.length === 0 ? holdsPart : any({ bool: { filter: terms.map((term) => is({ name: 'words' }, term)) } }, holdsPart);
  });
  return conditions;
}
