import { AppError } from '@sallyport/errors';
import { resourceErrors } from '../../resource/index.js';

export const { notFound: taskNotFound } = resourceErrors({ code: 'TASK', noun: 'task' });

/** The task is finished: it can't be claimed or reported again. */
export class TaskFinished extends AppError {
  readonly code = 'TASK_FINISHED';
  readonly kind = 'conflict';
  constructor(taskId: string, state: string) {
    super(`Task "${taskId}" is done (${state}): there is nothing left to do`, { task: taskId, state });
  }
}

/** A result can only come from the worker that took the task. */
export class TaskNotClaimed extends AppError {
  readonly code = 'TASK_NOT_CLAIMED';
  readonly kind = 'conflict';
  constructor(taskId: string) {
    super(`Task "${taskId}" was not claimed: claim it before reporting a result`, { task: taskId });
  }
}
