import { Inject, Injectable } from '@nestjs/common';
import type { Clock, Ctx } from '@sallyport/context';
import { CLOCK, type Job } from '../../platform/index.js';
import { FORGET_MS, KNOWN_MS, LEAK_MS } from './sign-in-lock.policy.js';
import { SignInLockRepository } from './sign-in-lock.repository.js';

/** An unlocked name finds the sources that it failed from for as long. */
const UNLOCKED_MS = 24 * 3_600_000;
/** Guesses at unknown names fill at most this much of the table, about 30 MB; then the oldest rows are deleted. */
const MAX_ROWS = 100_000;

/** Deletes failed sign-ins that do not count any more. */
@Injectable()
export class PurgeSignInLocks implements Job {
  readonly name = 'purge-sign-in-locks';
  readonly everyMs = 60_000;

  constructor(
    private readonly locks: SignInLockRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async run(ctx: Ctx): Promise<void> {
    await this.purge(ctx);
  }

  /** Returns the number of rows that were deleted. */
  async purge(ctx: Ctx): Promise<number> {
    const now = this.clock.now();
    const before = (ms: number) => new Date(now - ms);
    return this.locks.purge(ctx, {
      now: new Date(now),
      all: before(FORGET_MS),
      known: before(KNOWN_MS),
      unlocked: before(UNLOCKED_MS),
      leakSeconds: LEAK_MS / 1000,
      maxRows: MAX_ROWS,
    });
  }
}
