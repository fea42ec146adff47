import { Inject, Injectable } from '@nestjs/common';
import { inOrg, sourceOf, type Clock, type Ctx, type OrgCtx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { CLOCK } from '../../platform/index.js';
import { AuditLog, type AuditFacts } from '../audits/index.js';
import { isLoopback } from './sign-in-lock.policy.js';
import { SignInFailureRepository, type CountedFailures } from './sign-in-failure.repository.js';

/** A failure of a client that has not signed in, or of one that guesses at a password. */
export interface SignInFailure {
  readonly type: FailureType;
  readonly username: string;
  readonly sourceIp: string;
  /** One of a bounded set of texts. Failures of one name from one source for one reason are counted together. */
  readonly reason: string;
  readonly facts?: AuditFacts;
}

type FailureType = 'user.sign-in-refused' | 'user.sign-in-failed' | 'user.password-change-refused' | 'user.locked';

/** Repeats within this time are counted, not written one by one. */
const WINDOW_MS = 10 * 60_000;
/** Names and reasons that are counted one by one in a window: of one source, of a loopback address, which stands for every client, and of all. */
const PER_SOURCE = 64;
const OF_LOOPBACK = 1_024;
const TOTAL = 4_096;
const BATCH = 100;
/** Users that the summary of a source's other names lists. */
const MAX_USERS = 50;
/** Actor of an event about many names. No user can have this name. */
const OTHER_NAMES = '(other names)';

/**
 * Audits failures that anonymous clients cause, so that they can't grow the audit log without limit: the first one is written at once, the repeats
 * of its window as one summary. The counts are in the database: none is lost with a process. Attempts in the log add up: one per event, and `repeats`.
 */
@Injectable()
export class SignInFailures {
  constructor(
    private readonly database: Database,
    private readonly failures: SignInFailureRepository,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Writes or counts a failure, with the same queries for every name. */
  async count(ctx: OrgCtx, { type, username, sourceIp, reason, facts = {} }: SignInFailure): Promise<void> {
    const key = { type, source: sourceOf(sourceIp), username: username.toLowerCase(), reason };
    const all = { ...facts, reason };
    await this.database.run(ctx, async (inside) => {
      const counted = await this.failures.count(inside, key, all, new Date(this.clock.now()), {
        perSource: isLoopback(sourceIp) ? OF_LOOPBACK : PER_SOURCE,
        total: TOTAL,
      });
      if (counted.attempts > 1) return;
      const actor = counted.reason === '' ? { username: OTHER_NAMES, ...sourceIpOf(counted.source) } : { username, sourceIp };
      await this.audit.write(inside, { type, outcome: 'refused', actor, facts: counted.reason === '' ? { ...all, name: username } : all });
    });
  }

  /** Writes the number of connections that ended without a sign-in and of which a gateway kept nothing else. */
  async countOmitted(ctx: OrgCtx, { gateway, omitted }: { gateway: string; omitted: number }): Promise<void> {
    const facts = { via: 'ssh', gateway, reason: 'not kept by the gateway', repeats: omitted };
    await this.audit.write(ctx, { type: 'user.sign-in-failed', outcome: 'refused', actor: { username: OTHER_NAMES }, facts });
  }

  /** Writes the summaries of windows that have ended. Returns the number of windows. */
  async summarize(ctx: Ctx): Promise<number> {
    const before = new Date(this.clock.now() - WINDOW_MS);
    let ended = 0;
    for (let taken = BATCH; taken === BATCH; ended += taken) taken = await this.summarizeBatch(ctx, before);
    return ended;
  }

  private summarizeBatch(ctx: Ctx, before: Date): Promise<number> {
    return this.database.run(ctx, async (inside) => {
      const counted = await this.failures.take(inside, before, BATCH);
      for (const each of counted) if (each.attempts > 1) await this.writeSummary(inOrg(inside, each.orgId), each);
      return counted.length;
    });
  }

  private async writeSummary(ctx: OrgCtx, counted: CountedFailures): Promise<void> {
    const { type, source, username, reason, attempts, dateFirst, dateLast } = counted;
    const isOfMany = reason === '';
    await this.audit.write(ctx, {
      type: type as FailureType,
      outcome: 'refused',
      actor: { username: isOfMany ? OTHER_NAMES : username, ...sourceIpOf(source) },
      facts: {
        ...(isOfMany ? { ...(await this.usersGuessedAt(ctx, source, dateFirst)), reason: 'many names' } : counted.facts),
        repeats: attempts - 1,
        since: dateFirst.toISOString(),
        until: dateLast.toISOString(),
      },
    });
  }

  /** Returns the users among the names that a source guessed at: noise must not hide which of them exist. */
  private async usersGuessedAt(ctx: Ctx, source: string, since: Date): Promise<AuditFacts> {
    if (source === '') return {};
    const users = await this.failures.guessedUsers(ctx, source, since, MAX_USERS + 1);
    return { users: users.slice(0, MAX_USERS), has_more_users: users.length > MAX_USERS };
  }
}

const sourceIpOf = (source: string) => (source === '' ? {} : { sourceIp: source });
