import { lifecycle } from '@sallyport/context';
import type { TaskState } from './task.entity.js';

/**
 * States of a task. Core owns them.
 *
 * - `queued`    requested; not claimed by a worker yet
 * - `running`   claimed by a worker. It may be claimed again: its message comes at least once
 * - `succeeded` done with success
 * - `failed`    done without success, or not reported in time
 */
type Trigger = 'claim' | 'succeed' | 'fail';

export const taskLifecycle = lifecycle<TaskState, Trigger>({
  noun: 'task',
  initial: 'queued',
  states: {
    queued: { claim: 'running', fail: 'failed' },
    running: { claim: 'running', succeed: 'succeeded', fail: 'failed' },
    succeeded: {},
    failed: {},
  },
});
