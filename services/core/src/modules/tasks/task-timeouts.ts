import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { systemCtx, type Clock, type Ctx } from '@sallyport/context';
import type { Logger } from '@sallyport/telemetry';
import { Database } from '../../database/index.js';
import { CLOCK, LOGGER, Rounds } from '../../platform/index.js';
import { TaskRepository } from './task.repository.js';

const EVERY_MS = 10_000;
/** Time to find a worker: outages of NATS and of all workers are to end within it. */
const QUEUED_MS = 15 * 60_000;
/** A test takes seconds; a worker that died is silent. */
const RUNNING_MS = 2 * 60_000;
const BATCH = 100;

/** Gives up tasks that nobody reports on, so that whoever waits for one is answered. */
@Injectable()
export class TaskTimeouts implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #rounds: Rounds;

  constructor(
    private readonly database: Database,
    private readonly tasks: TaskRepository,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.#rounds = new Rounds(clock, EVERY_MS, () => this.look());
  }

  onApplicationBootstrap(): void {
    this.#rounds.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.#rounds.stop();
  }

  private async look(): Promise<void> {
    try {
      await this.giveUp(systemCtx('task-timeouts'));
    } catch (error) {
      this.logger.warn({ err: error }, 'overdue tasks could not be looked for');
    }
  }

  /** Safe on several replicas at once. */
  private async giveUp(ctx: Ctx): Promise<void> {
    await this.database.run(ctx, async (inside) => {
      const now = this.clock.now();
      const overdue = await this.tasks.takeOverdue(inside, new Date(now - QUEUED_MS), new Date(now - RUNNING_MS), BATCH);
      for (const { id, state } of overdue) {
        const detail = state === 'queued' ? 'No worker took it in time' : 'The worker that took it did not report in time';
        await this.tasks.finish(inside, id, { state: 'failed', outcome: null, detail, durationMs: null, dateFinished: new Date(now) });
      }
    });
  }
}
