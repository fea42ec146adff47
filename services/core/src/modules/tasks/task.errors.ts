import { AppError } from '@sallyport/errors';

export class TaskNotFound extends AppError {
  readonly code = 'TASK_NOT_FOUND';
  readonly kind = 'not_found';
  constructor(taskId: string) {
    super(`Task "${taskId}" was not found`, { task: taskId });
  }
}

/** A task that is done can't be worked on again. */
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
