import { z } from 'zod';
import { DateTime } from './field.js';
import { listQuery } from './page.js';

const ComponentKind = z.enum(['core', 'gateway', 'recorder', 'indexer', 'worker']);

export const ComponentView = z
  .object({
    id: z.string(),
    kind: ComponentKind,
    address: z.string().describe('host:port that it serves; empty when none'),
    is_alive: z.boolean(),
    session_count: z.number().int(),
    date_first_seen: DateTime,
    date_last_seen: DateTime,
  })
  .meta({ id: 'Component' });
export type ComponentView = z.infer<typeof ComponentView>;

export const ComponentListQuery = z.strictObject({
  ...listQuery(['date_last_seen', 'id', 'kind'], '-date_last_seen'),
  kind: ComponentKind.optional(),
});
export type ComponentListQuery = z.infer<typeof ComponentListQuery>;
