import { z } from 'zod';

/** Every answer that is no success has this body. */
export const ErrorBody = z
  .object({
    error: z.object({
      code: z.string().describe('Stable, e.g. ASSET_NOT_FOUND'),
      message: z.string().describe('For the person who reads it'),
      request_id: z.string().describe('Finds it in the logs'),
      facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    }),
  })
  .meta({ id: 'Error' });
export type ErrorBody = z.infer<typeof ErrorBody>;
