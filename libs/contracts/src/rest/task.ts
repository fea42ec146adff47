import { z } from 'zod';
import { DateTime, Id } from './field.js';

export const TaskView = z
  .object({
    id: Id,
    kind: z.enum(['connectivity-test']),
    state: z.enum(['queued', 'running', 'succeeded', 'failed']),
    account: Id.nullable().describe('Null once the account is deleted'),
    outcome: z.enum(['ok', 'unreachable', 'auth_failed', 'host_key_changed', 'host_key_unknown']).nullable(),
    detail: z.string(),
    host_key: z.string().nullable().describe('"SHA256:…" of the host key that the asset proved; null: it proved none'),
    duration_ms: z.number().int().nullable(),
    org: Id,
    created_by: z.string(),
    date_created: DateTime,
    date_started: DateTime.nullable(),
    date_finished: DateTime.nullable(),
  })
  .meta({ id: 'Task' });
export type TaskView = z.infer<typeof TaskView>;
