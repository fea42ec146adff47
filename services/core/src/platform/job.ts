import type { BeforeApplicationShutdown, FactoryProvider, OnApplicationBootstrap, Type } from '@nestjs/common';
import { systemCtx, type Clock, type Ctx, type Timer } from '@sallyport/context';
import type { Logger } from '@sallyport/telemetry';
import { CLOCK, LOGGER } from './tokens.js';

/** Periodic work. */
export interface Job {
  /** Name of the system actor and of the log lines. */
  readonly name: string;
  readonly everyMs: number;
  /** True if the first round runs at start, not after one interval. */
  readonly isFirstAtStart?: boolean;
  /** Runs one round. A rejection is logged; the next round runs all the same. */
  run(ctx: Ctx): Promise<void>;
}

/** Runs a job from the application's start to its shutdown, one round at a time: while a round runs, the next is skipped. */
export class JobRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #stop = new AbortController();
  #timer: Timer | undefined;
  #running: Promise<void> | undefined;

  constructor(
    private readonly job: Job,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    if (this.job.isFirstAtStart) this.startRound();
    this.#timer = this.clock.interval(this.job.everyMs, () => this.startRound());
  }

  /** Resolves when the running round has ended. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#timer?.cancel();
    this.#stop.abort();
    await this.#running;
  }

  private startRound(): void {
    this.#running ??= this.round().finally(() => (this.#running = undefined));
  }

  private async round(): Promise<void> {
    try {
      await this.job.run(systemCtx(this.job.name, this.#stop.signal));
    } catch (error) {
      this.logger.warn({ err: error, job: this.job.name }, 'a round of a periodic job failed; the next one runs as usual');
    }
  }
}

/** Returns the provider that runs a job of the module. The class itself stands among the module's providers too. */
export const runsJob = (job: Type<Job>): FactoryProvider<JobRunner> => ({
  provide: `JobRunner(${job.name})`,
  inject: [job, CLOCK, LOGGER],
  useFactory: (instance: Job, clock: Clock, logger: Logger) => new JobRunner(instance, clock, logger),
});
