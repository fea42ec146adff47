import { Inject, Injectable } from '@nestjs/common';
import { sourceOf, type Clock, type Ctx, type OrgCtx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { CLOCK } from '../../platform/index.js';
import { AuditLog } from '../audits/index.js';
import { afterFailure, afterFailureOfName, delayMs, isGuesser, isLoopback, lockedUntil, turnMs } from './sign-in-lock.policy.js';
import { SignInLockRepository, type Subject } from './sign-in-lock.repository.js';

/** Who tries to get in, and from where. */
export interface Attempt {
  readonly username: string;
  readonly sourceIp: string;
}

/**
 * What wrong passwords cost. A name is locked for the source that failed, and a source that failed for all names; the name itself
 * is only slowed, so that nobody locks out its owner who tries from elsewhere. All the same for names that nobody has.
 */
@Injectable()
export class SignInLocks {
  constructor(
    private readonly database: Database,
    private readonly locks: SignInLockRepository,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** How long this attempt is to wait before its password is looked at, ms. Who is refused anyway need not wait for it. */
  async delayOf(ctx: Ctx, attempt: Attempt): Promise<number> {
    const { locked, isSuspect, delay } = await this.standingOf(ctx, attempt, this.now());
    return locked || isSuspect ? 0 : delay;
  }

  /** Until when the password is not looked at; undefined: it is. Of guessers at a name that is slowed one is let through at a time. */
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

  /** A right password clears the name at its source: not the source, for an account of one's own is no licence to guess others', and not the name, which others may be guessing at. */
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

/** A source that stands for everybody is locked for the one name only. */
const lockable = (attempt: Attempt): Subject[] =>
  isLoopback(attempt.sourceIp)
    ? [pairOf(attempt)]
    : [pairOf(attempt), { subjectKind: 'source', source: sourceOf(attempt.sourceIp), username: '' }];
