import { Inject, Injectable } from '@nestjs/common';
import { inOrg, type Clock, type Ctx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { CLOCK, type Job } from '../../platform/index.js';
import { TaskRepository } from './task.repository.js';

/** Time to find a worker: outages of NATS and of all workers are to end within it. */
const QUEUED_MS = 15 * 60_000;
/** A test takes seconds; a worker that died reports nothing. */
const RUNNING_MS = 2 * 60_000;
const BATCH = 100;

/** Fails tasks that are not claimed or reported in time, so that a client that follows one gets an answer. */
@Injectable()
export class TaskTimeouts implements Job {
  readonly name = 'task-timeouts';
  readonly everyMs = 10_000;

  constructor(
    private readonly database: Database,
    private readonly tasks: TaskRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Fails overdue tasks. Safe on several replicas at once. */
  async run(ctx: Ctx): Promise<void> {
    await this.database.run(ctx, async (inside) => {
      const now = this.clock.now();
      const overdue = await this.tasks.takeOverdue(inside, new Date(now - QUEUED_MS), new Date(now - RUNNING_MS), BATCH);
      for (const { id, orgId, state } of overdue) {
        const detail = state === 'queued' ? 'No worker took it in time' : 'The worker that took it did not report in time';
        const result = { state: 'failed', outcome: null, detail, durationMs: null, dateFinished: new Date(now) } as const;
        await this.tasks.finish(inOrg(inside, orgId), id, result);
      }
    });
  }
}
