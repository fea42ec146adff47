import { ConnectivityOutcome } from '@sallyport/proto-gen/task/v1/tasks';
import type { Task } from './task.repository.js';

type Outcome = NonNullable<Task['outcome']>;

const FROM_PB: Readonly<Partial<Record<ConnectivityOutcome, Outcome>>> = {
  [ConnectivityOutcome.OK]: 'ok',
  [ConnectivityOutcome.UNREACHABLE]: 'unreachable',
  [ConnectivityOutcome.AUTH_FAILED]: 'auth_failed',
  [ConnectivityOutcome.HOST_KEY_CHANGED]: 'host_key_changed',
  [ConnectivityOutcome.HOST_KEY_UNKNOWN]: 'host_key_unknown',
};

/** Returns the outcome that a worker reports; undefined for none and for an unknown one. */
export const outcomeFromPb = (pb: ConnectivityOutcome): Outcome | undefined => FROM_PB[pb];
