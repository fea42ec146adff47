import { z } from 'zod';

/** Body of every answer that is not a success. */
export const ErrorBody = z
  .object({
    error: z.object({
      code: z.string().describe('Stable, e.g. ASSET_NOT_FOUND'),
      message: z.string().describe('For the reader: it quotes what was wrong and says what to do'),
      request_id: z.string().describe('Finds it in the logs'),
      facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    }),
  })
  .meta({ id: 'Error' });
export type ErrorBody = z.infer<typeof ErrorBody>;
