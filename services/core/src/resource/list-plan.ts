import type { ObjectLiteral } from 'typeorm';
import { containing, type ScopedSelect } from '../database/index.js';
import type { Rows } from './rows.js';

/** Query fields that every list takes. */
interface ListQuery {
  readonly limit: number;
  readonly offset: number;
  readonly search: string;
  readonly order: string;
}

/** SQL condition on the alias of a plan, with its parameters by name. */
export interface Condition {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Column of an entity that holds values of a type. */
type ColumnOf<E, V> = { [K in keyof E & string]: [V] extends [NonNullable<E[K]>] ? K : never }[keyof E & string];

/** Column that has to equal the value, or a function that returns a condition for the value. */
type Filter<E, V> = ColumnOf<E, V> | ((value: V) => Condition);

type OrderField<Order> = Order extends `-${string}` ? never : Order;

/**
 * Filters, search and orders of a list. Typed by entity and query: a query field without a filter, an order without a column and a
 * filter that the query lacks do not compile.
 */
export interface ListPlan<E extends ObjectLiteral, Q extends ListQuery> {
  /** Name of the entity in conditions and orders. */
  readonly alias: string;
  /** Adds joins that filters or orders need. */
  readonly join?: (select: ScopedSelect<E>) => unknown;
  /** Columns that `search` looks into, as "alias.column" or as columns of the entity. */
  readonly search: readonly ((keyof E & string) | `${string}.${string}`)[];
  readonly filters: { readonly [F in Exclude<keyof Q, keyof ListQuery>]-?: Filter<E, Exclude<Q[F], undefined>> };
  readonly order: { readonly [F in OrderField<Q['order']> & string]: (keyof E & string) | `${string}.${string}` };
}

/** Returns the plan; E and Q are given, so that the compiler checks it. */
export const listPlan = <E extends ObjectLiteral, Q extends ListQuery>(plan: ListPlan<E, Q>): ListPlan<E, Q> => plan;

/** Returns the page that a query asks for. `select` is narrowed to the organization. */
export async function listRows<E extends ObjectLiteral, Q extends ListQuery>(
  select: ScopedSelect<E>,
  plan: ListPlan<E, Q>,
  query: Q,
): Promise<Rows<E>> {
  plan.join?.(select);
  for (const { sql, parameters } of conditionsOf(plan, query)) select.andWhere(sql, parameters);
  orderBy(select, plan, query.order);
  const [rows, count] = await select.limit(query.limit).offset(query.offset).getManyAndCount();
  return { rows, count };
}

/** Parts of a plan that depend on neither entity nor query. */
interface Columns {
  readonly alias: string;
  readonly search: readonly string[];
  readonly order: Readonly<Record<string, string>>;
}

type AnyFilter = string | ((value: unknown) => Condition);

function conditionsOf<E extends ObjectLiteral, Q extends ListQuery>(plan: ListPlan<E, Q>, query: Q): Condition[] {
  const given = Object.entries(plan.filters as Readonly<Record<string, AnyFilter>>).filter(
    ([field]) => query[field as keyof Q] !== undefined,
  );
  const conditions = given.map(([field, filter]) => conditionOf(plan, field, filter, query[field as keyof Q]));
  return query.search === '' ? conditions : [...conditions, searchFor(plan, query.search)];
}

function conditionOf(plan: Columns, field: string, filter: AnyFilter, value: unknown): Condition {
  if (typeof filter === 'function') return filter(value);
  return { sql: `${columnIn(plan, filter)} = :${field}`, parameters: { [field]: value } };
}

const searchFor = (plan: Columns, text: string): Condition => ({
  sql: plan.search.map((column) => `${columnIn(plan, column)} ILIKE :search`).join(' OR '),
  parameters: { search: containing(text) },
});

/** Orders by a field, "-" before it for descending. Ids settle ties, so that pages never overlap; a descending list is the ascending one reversed. */
function orderBy<E extends ObjectLiteral>(select: ScopedSelect<E>, plan: Columns, order: string): void {
  const isDescending = order.startsWith('-');
  const column = columnIn(plan, plan.order[isDescending ? order.slice(1) : order] ?? 'id');
  select.orderBy(
    column,
    isDescending ? 'DESC' : 'ASC',
    isNullable(select, column) ? (isDescending ? 'NULLS LAST' : 'NULLS FIRST') : undefined,
  );
  select.addOrderBy(`${plan.alias}.id`, isDescending ? 'DESC' : 'ASC');
}

/** Returns true for a nullable column of the entity. Any other column is ordered as PostgreSQL's indexes are, so that an index serves the list. */
function isNullable<E extends ObjectLiteral>(select: ScopedSelect<E>, column: string): boolean {
  const { name, metadata } = select.expressionMap.mainAlias ?? {};
  const [alias, property = ''] = column.split('.');
  return alias === name && metadata?.findColumnWithPropertyName(property)?.isNullable === true;
}

const columnIn = ({ alias }: Columns, column: string): string => (column.includes('.') ? column : `${alias}.${column}`);
