import type { TaskView } from '@sallyport/contracts';
import type { Task } from './task.repository.js';

/** A task as REST shows it. */
export const toTaskView = (it: Task): TaskView => ({
  id: it.id,
  kind: it.kind,
  state: it.state,
  account: it.accountId,
  outcome: it.outcome,
  detail: it.detail,
  duration_ms: it.durationMs,
  org: it.orgId,
  created_by: it.createdBy,
  date_created: it.dateCreated.toISOString(),
  date_started: it.dateStarted?.toISOString() ?? null,
  date_finished: it.dateFinished?.toISOString() ?? null,
});
