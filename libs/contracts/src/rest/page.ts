import { z } from 'zod';
import { wholeNumber } from './query-number.js';
import { Filter } from './text.js';

/** Most rows that one page may have. */
export const MAX_LIMIT = 1000;

/** Deepest offset: further rows are for narrower filters. */
export const MAX_OFFSET = 1_000_000;

/** A field to order by, "-" before it for descending. */
export type Order<F extends string> = F | `-${F}`;

/** Returns the query fields of every list. `orders` are the fields that it can be ordered by, the default first. */
export const listQuery = <F extends string>(orders: readonly [F, ...F[]], defaultOrder: Order<F> = orders[0]) => ({
  limit: wholeNumber((it) => it.min(1).max(MAX_LIMIT))
    .default(50)
    .describe('Rows of the page'),
  offset: wholeNumber((it) => it.min(0).max(MAX_OFFSET))
    .default(0)
    .describe('Rows to pass over'),
  search: Filter.default('').describe('Part of a text field, whatever its case'),
  order: orderOf(orders, defaultOrder),
});

function orderOf<F extends string>(orders: readonly F[], defaultOrder: Order<F>): z.ZodType<Order<F>> {
  const texts: string[] = orders.flatMap((field) => [field, `-${field}`]);
  const order = z.enum(texts).default(defaultOrder).describe('Field to order by, "-" before it for descending');
  // z.enum can't carry a generic union through its own types; the texts are exactly Order<F>.
  return order as unknown as z.ZodType<Order<F>>;
}

/** Returns the schema of one page of a list. */
export const pageOf = <T extends z.ZodType>(row: T) =>
  z.object({
    count: z.number().int().describe('Rows in all under these conditions'),
    next: z.string().nullable().describe('Path and query of the next page, on the same host'),
    previous: z.string().nullable().describe('Path and query of the page before'),
    results: z.array(row),
  });

/** One page of a list. */
export interface Page<T> {
  count: number;
  next: string | null;
  previous: string | null;
  results: T[];
}
