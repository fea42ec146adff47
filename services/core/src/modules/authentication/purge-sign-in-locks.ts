import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { systemCtx, type Clock, type Ctx } from '@sallyport/context';
import type { Logger } from '@sallyport/telemetry';
import { CLOCK, LOGGER, Rounds } from '../../platform/index.js';
import { FORGET_MS, LEAK_MS } from './sign-in-lock.policy.js';
import { SignInLockRepository } from './sign-in-lock.repository.js';

const EVERY_MS = 60_000;
/** As long as a source may be locked: an unlocked name finds the sources it failed from. */
const UNLOCKED_MS = 24 * 3_600_000;
/** Whoever tries names that nobody has fills this much of the table, some 30 MB, and then the oldest rows go. */
const MAX_ROWS = 100_000;

/** Forgets failed sign-ins that count no more. */
@Injectable()
export class PurgeSignInLocks implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #rounds: Rounds;

  constructor(
    private readonly locks: SignInLockRepository,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.#rounds = new Rounds(clock, EVERY_MS, () => this.tick());
  }

  onApplicationBootstrap(): void {
    this.#rounds.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.#rounds.stop();
  }

  /** Gives how many rows went. */
  async purge(ctx: Ctx): Promise<number> {
    const now = this.clock.now();
    const before = (ms: number) => new Date(now - ms);
    return this.locks.purge(ctx, {
      now: new Date(now),
      all: before(FORGET_MS),
      unlocked: before(UNLOCKED_MS),
      leakSeconds: LEAK_MS / 1000,
      maxRows: MAX_ROWS,
    });
  }

  private async tick(): Promise<void> {
    try {
      await this.purge(systemCtx('sign-in-locks'));
    } catch (error) {
      this.logger.warn({ err: error }, 'old failed sign-ins could not be forgotten');
    }
  }
}
