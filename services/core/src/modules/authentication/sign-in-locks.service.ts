import { Inject, Injectable } from '@nestjs/common';
import { sourceOf, type Clock, type Ctx, type OrgCtx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { CLOCK } from '../../platform/index.js';
import { AuditLog } from '../audits/index.js';
import { afterFailure, afterFailureOfName, delayMs, isGuesser, isLoopback, lockedUntil, turnMs } from './sign-in-lock.policy.js';
import { SignInLockRepository, type Subject } from './sign-in-lock.repository.js';

/** User name and source of an attempt to sign in. */
export interface Attempt {
  readonly username: string;
  readonly sourceIp: string;
}

/**
 * Locks after wrong passwords. A name is locked for the source that failed, and a source that failed is locked for all names. The name itself
 * is only delayed, so that an attacker can't lock out its user elsewhere. Unknown names are treated alike.
 */
@Injectable()
export class SignInLocks {
  constructor(
    private readonly database: Database,
    private readonly locks: SignInLockRepository,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Returns the delay of this attempt before its password is checked, ms. A refused attempt is not delayed. */
  async delayOf(ctx: Ctx, attempt: Attempt): Promise<number> {
    const { locked, isSuspect, delay } = await this.standingOf(ctx, attempt, this.now());
    return locked || isSuspect ? 0 : delay;
  }

  /** Returns the time until which the password is not checked; undefined if it is checked. Guesses at a delayed name are checked one at a time. */
  async refusedUntil(ctx: Ctx, attempt: Attempt): Promise<Date | undefined> {
    const now = this.now();
    const { locked, isSuspect, delay } = await this.standingOf(ctx, attempt, now);
    if (locked || !isSuspect || delay === 0) return locked;
    const next = new Date(now.getTime() + turnMs(delay));
    return (await this.locks.takeTurn(ctx, nameOf(attempt), now, next)) ? undefined : next;
  }

  async countFailure(ctx: OrgCtx, attempt: Attempt): Promise<void> {
    const now = this.now();
    for (const subject of lockable(attempt)) await this.countOne(ctx, subject, attempt, now);
    await this.database.run(ctx, async (inside) => {
      await this.locks.save(inside, nameOf(attempt), afterFailureOfName(await this.locks.lock(inside, nameOf(attempt)), now));
    });
  }

  /** Clears the name at its source after a right password. The source stays counted, so that an own account does not allow guessing; so does the name. */
  async countSuccess(ctx: Ctx, attempt: Attempt): Promise<void> {
    await this.locks.delete(ctx, pairOf(attempt));
  }

  private async standingOf(
    ctx: Ctx,
    attempt: Attempt,
    now: Date,
  ): Promise<{ locked: Date | undefined; isSuspect: boolean; delay: number }> {
    const { pair, source, name } = await this.locks.findEach(ctx, [...lockable(attempt), nameOf(attempt)]);
    const ends = [pair, source].map((each) => lockedUntil(each, now)).filter((each) => each !== undefined);
    return { locked: ends.sort((a, b) => b.getTime() - a.getTime())[0], isSuspect: isGuesser(pair), delay: delayMs(name, now) };
  }

  private async countOne(ctx: OrgCtx, subject: Subject, attempt: Attempt, now: Date): Promise<void> {
    await this.database.run(ctx, async (inside) => {
      const known = afterFailure(await this.locks.lock(inside, subject), now);
      await this.locks.save(inside, subject, known);
      if (!known.dateLockedUntil) return;
      const { subjectKind, source, username } = subject;
      const facts = { subject: subjectKind, source, ...(username && { locked: username }), until: known.dateLockedUntil.toISOString() };
      await this.audit.write(inside, { type: 'user.locked', outcome: 'refused', actor: attempt, facts });
    });
  }

  private now(): Date {
    return new Date(this.clock.now());
  }
}

const pairOf = ({ username, sourceIp }: Attempt): Subject => ({
  subjectKind: 'pair',
  source: sourceOf(sourceIp),
  username: username.toLowerCase(),
});
const nameOf = ({ username }: Attempt): Subject => ({ subjectKind: 'name', source: '', username: username.toLowerCase() });

/** Returns the subjects that a failure may lock. A source that stands for every client is locked for the one name only. */
const lockable = (attempt: Attempt): Subject[] =>
  isLoopback(attempt.sourceIp)
    ? [pairOf(attempt)]
    : [pairOf(attempt), { subjectKind: 'source', source: sourceOf(attempt.sourceIp), username: '' }];
