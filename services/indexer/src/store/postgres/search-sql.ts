import { COUNT_LIMIT, type CommandQuery } from '../command-store.js';
import { CERTAINTY_NAMES, KIND_NAMES, RISK_NAMES } from '../command.js';
import { textSearch } from '../search-text.js';
import { READ_COLUMNS } from './command-columns.js';

/** A statement with its parameters. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Returns the query for a page, with one row more than asked for if there is a next page. */
export function pageSql(query: CommandQuery): Statement {
  const values: unknown[] = [];
  const bind = binder(values);
  const conditions = conditionsOf(query, bind);
  if (query.after) conditions.push(`("timestamp", id) < (${bind(query.after.timestamp)}::timestamptz, ${bind(query.after.id)}::uuid)`);
  const page = `LIMIT ${bind(query.limit + 1)} OFFSET ${bind(query.offset)}`;
  return {
    text: `SELECT ${READ_COLUMNS} FROM command WHERE ${conditions.join(' AND ')} ORDER BY "timestamp" DESC, id DESC ${page}`,
    values,
  };
}

/** Returns the query that counts the rows under the conditions, at most one beyond the limit. */
export function countSql(query: CommandQuery): Statement {
  const values: unknown[] = [];
  const bind = binder(values);
  const rows = `SELECT 1 FROM command WHERE ${conditionsOf(query, bind).join(' AND ')} LIMIT ${bind(COUNT_LIMIT + 1)}`;
  return { text: `SELECT count(*)::int AS count FROM (${rows}) AS found`, values };
}

type Bind = (value: unknown) => string;

const binder =
  (values: unknown[]): Bind =>
  (value) =>
    `$${values.push(value)}`;

function conditionsOf(query: CommandQuery, bind: Bind): string[] {
  const conditions = [`org_id = ${bind(query.orgId)}`];
  const add = <T>(value: T | undefined, condition: (place: string) => string): void => {
    if (value !== undefined) conditions.push(condition(bind(value)));
  };
  add(query.user, (place) => `(lower(username) = lower(${place}) OR user_id = ${place})`);
  add(query.asset, (place) => `(lower(asset_name) = lower(${place}) OR asset_id = ${place})`);
  add(query.account, (place) => `account = ${place}`);
  add(query.sessionId, (place) => `session_id = ${place}`);
  add(query.riskLevel && RISK_NAMES[query.riskLevel], (place) => `risk_level = ${place}`);
  add(query.kind && KIND_NAMES[query.kind], (place) => `kind = ${place}`);
  add(query.certainty && CERTAINTY_NAMES[query.certainty], (place) => `certainty = ${place}`);
  add(query.dateFrom, (place) => `"timestamp" >= ${place}::timestamptz`);
  add(query.dateTo, (place) => `"timestamp" < ${place}::timestamptz`);
  return [...conditions, ...textConditions(query, bind)];
}

function textConditions({ search }: CommandQuery, bind: Bind): string[] {
  const text = textSearch(search);
  if (!text) return [];
  const part = `folded LIKE ${bind(`%${text.part.replaceAll(/[\\%_]/g, '\\$&')}%`)}`;
  if (text.terms.length === 0) return [part];
  const terms = text.terms.map((term) => `'${term}'`).join(' & ');
  return [`(words @@ ${bind(terms)}::tsquery OR ${part})`];
}
