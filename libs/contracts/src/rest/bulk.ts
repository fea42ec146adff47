import { z } from 'zod';
import { Id } from './field.js';

/** Operations that one bulk request may have. */
export const MAX_BULK = 1000;

/** One operation of a bulk request. */
export type BulkOperation<C, U> = { readonly create: C } | { readonly id: string; readonly update: U } | { readonly delete: string };

/** Returns the schema of a bulk request: operations on one resource, each on its own. */
export const bulkOf = <C extends z.ZodType, U extends z.ZodType>(create: C, update: U) =>
  z.strictObject({
    operations: z
      .array(z.union([z.strictObject({ create }), z.strictObject({ id: Id, update }), z.strictObject({ delete: Id })]))
      .min(1, 'must have at least one operation')
      .max(MAX_BULK, `must have at most ${MAX_BULK} operations`),
  });

/** Result of one operation, in the order of the request. */
export const BulkResult = z
  .object({
    status: z.number().int().describe('HTTP status that the operation alone would have had'),
    id: Id.optional().describe('Id of the row'),
    error: z
      .object({ code: z.string(), message: z.string(), facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])) })
      .optional(),
  })
  .meta({ id: 'BulkResult' });
export type BulkResult = z.infer<typeof BulkResult>;

export const BulkAnswer = z.object({ results: z.array(BulkResult) }).meta({ id: 'BulkAnswer' });
export type BulkAnswer = z.infer<typeof BulkAnswer>;
