import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';

/** Orders by a field of the contract ("-" before it for descending) through a table of its columns; ids settle ties, so that pages never overlap. */
export function orderBy<E extends ObjectLiteral, F extends string>(
  query: SelectQueryBuilder<E>,
  order: F | `-${F}`,
  columns: Readonly<Record<F, string>>,
): SelectQueryBuilder<E> {
  const descending = order.startsWith('-');
  const field = (descending ? order.slice(1) : order) as F;
  return query
    .orderBy(columns[field], descending ? 'DESC' : 'ASC', descending ? 'NULLS LAST' : 'NULLS FIRST')
    .addOrderBy(`${query.alias}.id`, 'ASC');
}
