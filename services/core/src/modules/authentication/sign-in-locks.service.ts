import { Inject, Injectable } from '@nestjs/common';
import { sourceOf, type Clock, type Ctx, type OrgCtx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { CLOCK } from '../../platform/index.js';
import {
  afterFailure,
  afterFailureOfName,
  afterFailureOfSource,
  delayMs,
  isGuesser,
  isLoopback,
  lockedUntil,
  nameSpentUntil,
  sourceSpentUntil,
  turnMs,
  type Failures,
} from './sign-in-lock.policy.js';
import { SignInFailures } from './sign-in-failures.service.js';
import { SignInLockRepository, type Subject } from './sign-in-lock.repository.js';

/** User name and source of an attempt to sign in. */
export interface Attempt {
  readonly username: string;
  readonly sourceIp: string;
}

interface Standing {
  readonly locked: Date | undefined;
  /** The source has failed with the name more often than by a mistype. */
  readonly isSuspect: boolean;
  readonly delay: number;
}

/**
 * Penalties after wrong passwords, made so that an attacker can't turn them against others. A name waits longer and longer at the source that
 * failed with it. A source has a budget of failures over all names. The name itself is delayed, and refused after very many failures. Budget and
 * name do not count at a source that the name's user has signed in from. Unknown names are treated alike. A key is never refused.
 */
@Injectable()
export class SignInLocks {
  constructor(
    private readonly database: Database,
    private readonly locks: SignInLockRepository,
    private readonly failures: SignInFailures,
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
    await this.database.run(ctx, async (inside) => {
      const { dateLockedUntil } = await this.countOne(inside, pairOf(attempt), now, afterFailure);
      if (dateLockedUntil) await this.auditLock(inside, attempt, dateLockedUntil);
    });
    if (!isLoopback(attempt.sourceIp)) await this.countOne(ctx, sourceSubject(attempt), now, afterFailureOfSource);
    await this.countOne(ctx, nameOf(attempt), now, afterFailureOfName);
  }

  /** Clears the name at its source after a right password. Source and name stay counted, so that an own account does not allow guessing. */
  async countSuccess(ctx: Ctx, attempt: Attempt): Promise<void> {
    await this.locks.delete(ctx, pairOf(attempt));
  }

  /** Returns the subject of a source that the name's user signed in from. A loopback address is never known: it stands for every client. */
  knownSource(attempt: Attempt): Subject | undefined {
    return isLoopback(attempt.sourceIp) ? undefined : knownOf(attempt);
  }

  private async standingOf(ctx: Ctx, attempt: Attempt, now: Date): Promise<Standing> {
    const { pair, source, name, known } = await this.locks.findEach(ctx, subjectsOf(attempt));
    const waits = lockedUntil(pair, now);
    if (known) return { locked: waits, isSuspect: false, delay: 0 };
    const ends = [waits, nameSpentUntil(name, now), isLoopback(attempt.sourceIp) ? undefined : sourceSpentUntil(source, now)];
    return { locked: latest(ends), isSuspect: isGuesser(pair), delay: delayMs(name, now) };
  }

  private async countOne(
    ctx: OrgCtx,
    subject: Subject,
    now: Date,
    after: (known: Failures | undefined, now: Date) => Failures,
  ): Promise<Failures> {
    return this.database.run(ctx, async (inside) => {
      const counted = after(await this.locks.lock(inside, subject), now);
      await this.locks.save(inside, subject, counted);
      return counted;
    });
  }

  private async auditLock(ctx: OrgCtx, attempt: Attempt, until: Date): Promise<void> {
    const { source, username } = pairOf(attempt);
    const facts = { subject: 'pair', source, locked: username, locked_until: until.toISOString() };
    await this.failures.count(ctx, { type: 'user.locked', ...attempt, reason: 'wrong passwords', facts });
  }

  private now(): Date {
    return new Date(this.clock.now());
  }
}

const latest = (times: readonly (Date | undefined)[]): Date | undefined =>
  times.filter((each) => each !== undefined).sort((a, b) => b.getTime() - a.getTime())[0];

const pairOf = ({ username, sourceIp }: Attempt): Subject => ({
  subjectKind: 'pair',
  source: sourceOf(sourceIp),
  username: username.toLowerCase(),
});
const knownOf = (attempt: Attempt): Subject => ({ ...pairOf(attempt), subjectKind: 'known' });
const nameOf = ({ username }: Attempt): Subject => ({ subjectKind: 'name', source: '', username: username.toLowerCase() });
const sourceSubject = ({ sourceIp }: Attempt): Subject => ({ subjectKind: 'source', source: sourceOf(sourceIp), username: '' });

const subjectsOf = (attempt: Attempt): Subject[] => [pairOf(attempt), knownOf(attempt), nameOf(attempt), sourceSubject(attempt)];
