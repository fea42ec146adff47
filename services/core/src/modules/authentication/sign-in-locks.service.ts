import { isIP } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock, Ctx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { CLOCK } from '../../platform/index.js';
import { AuditLog } from '../audits/index.js';
import { afterFailure, FORGET_MS, lockedUntil } from './sign-in-lock.policy.js';
import { SignInLockRepository, type Subject } from './sign-in-lock.repository.js';

/** Who tries to get in, and from where. */
export interface Attempt {
  readonly username: string;
  readonly sourceIp: string;
}

/** Locks of user names and source addresses after wrong passwords. */
@Injectable()
export class SignInLocks {
  constructor(
    private readonly database: Database,
    private readonly locks: SignInLockRepository,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Until when this attempt is locked out. The same for names that nobody has. */
  async lockOf(ctx: Ctx, attempt: Attempt): Promise<Date | undefined> {
    const now = new Date(this.clock.now());
    const known = await Promise.all(subjectsOf(attempt).map((subject) => this.locks.find(ctx, subject)));
    const ends = known.map((each) => lockedUntil(each, now)).filter((each) => each !== undefined);
    return ends.sort((a, b) => b.getTime() - a.getTime())[0];
  }

  async countFailure(ctx: Ctx, attempt: Attempt): Promise<void> {
    const now = new Date(this.clock.now());
    await this.locks.forgetOlderThan(ctx, new Date(now.getTime() - FORGET_MS));
    for (const subject of subjectsOf(attempt)) await this.countOne(ctx, subject, attempt, now);
  }

  /** A right password clears the user's name, not the address: one account of one's own is no licence to guess others'. */
  async countSuccess(ctx: Ctx, { username }: Attempt): Promise<void> {
    await this.locks.forget(ctx, userSubject(username));
  }

  private async countOne(ctx: Ctx, subject: Subject, attempt: Attempt, now: Date): Promise<void> {
    await this.database.run(ctx, async (inside) => {
      const known = afterFailure(await this.locks.hold(inside, subject), now);
      await this.locks.keep(inside, subject, known);
      if (!known.dateLockedUntil) return;
      const facts = { subject: subject.subjectKind, locked: subject.subject, until: known.dateLockedUntil.toISOString() };
      await this.audit.write(inside, { type: 'user.locked', outcome: 'refused', actor: attempt, facts });
    });
  }
}

const userSubject = (username: string): Subject => ({ subjectKind: 'user', subject: username.toLowerCase() });

/** A loopback address is a proxy or the machine itself, and stands for everybody: it is never locked. */
const subjectsOf = ({ username, sourceIp }: Attempt): Subject[] =>
  isLoopback(sourceIp) ? [userSubject(username)] : [userSubject(username), { subjectKind: 'source', subject: sourceIp }];

const isLoopback = (ip: string): boolean => isIP(ip) === 0 || ip === '::1' || /^(::ffff:)?127\./.test(ip);
