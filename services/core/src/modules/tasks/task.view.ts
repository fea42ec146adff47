import type { TaskView } from '@sallyport/contracts';
import type { AssertNever } from '../../resource/index.js';
import type { Task } from './task.repository.js';

type Shown =
  | 'id'
  | 'orgId'
  | 'kind'
  | 'state'
  | 'accountId'
  | 'outcome'
  | 'detail'
  | 'hostKeyFingerprint'
  | 'durationMs'
  | 'createdBy'
  | 'dateCreated'
  | 'dateStarted'
  | 'dateFinished';
/** For the operators of the services, in the logs. */
type Hidden = 'workerId';
export type EveryColumnDecided = AssertNever<Exclude<keyof Task, Shown | Hidden>>;

/** Returns a task as REST shows it. */
export const toTaskView = (it: Task): TaskView => ({
  id: it.id,
  kind: it.kind,
  state: it.state,
  account: it.accountId,
  outcome: it.outcome,
  detail: it.detail,
  host_key: it.hostKeyFingerprint,
  duration_ms: it.durationMs,
  org: it.orgId,
  created_by: it.createdBy,
  date_created: it.dateCreated.toISOString(),
  date_started: it.dateStarted?.toISOString() ?? null,
  date_finished: it.dateFinished?.toISOString() ?? null,
});
