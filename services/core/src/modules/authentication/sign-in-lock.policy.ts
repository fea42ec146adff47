import { isIPv4, isIPv6 } from 'node:net';

/** This many wrong passwords for one name from one source within the window make it wait; then each further one does. */
const MAX_FAILURES = 5;
const WINDOW_MS = 15 * 60_000;
const FIRST_LOCK_MS = 30_000;
const LONGEST_LOCK_MS = 3_600_000;
/** After this time without a failure the count starts again. */
export const FORGET_MS = 48 * 3_600_000;
/** A source stays known to a user for this long after its last sign-in. */
export const KNOWN_MS = 90 * 24 * 3_600_000;

/** Failures of one name, from all sources, that count as mistakes of its users. Above it, attempts at the name are delayed. */
const UNDELAYED_FAILURES = 20;
/** One failure of a name stops counting per this time: slower guessing is not a danger to a password. */
export const LEAK_MS = 15 * 60_000;
/** Failures of a name after which sources that its user has not signed in from are refused (NIST SP 800-63B 5.2.2). A day later it is forgotten. */
const MOST_FAILURES = 100;
const FIRST_DELAY_MS = 500;
/** A gateway waits 8 s for an answer. */
const LONGEST_DELAY_MS = 4_000;
const TURN_FACTOR = 8;

/** Failures of one source, over all names, after which names that have not signed in from it are refused. */
const SOURCE_BUDGET = 60;
/** One failure of a source stops counting per this time. */
const SOURCE_LEAK_MS = 60_000;

/** Failures of one name from one source, of one source, or of one name from all sources. */
export interface Failures {
  readonly failures: number;
  readonly dateFirstFailure: Date;
  readonly lockCount: number;
  readonly dateLockedUntil: Date | null;
  readonly dateUpdated: Date;
}

/** Returns the end of a lock; undefined if it is not locked. */
export const lockedUntil = (known: Failures | undefined, now: Date): Date | undefined =>
  known?.dateLockedUntil && known.dateLockedUntil > now ? known.dateLockedUntil : undefined;

/**
 * Returns the failures of a name at a source after one more wrong password: the fifth within 15 minutes locks for 30 seconds, each further one for
 * twice as long, up to an hour. A right password starts anew.
 */
export function afterFailure(known: Failures | undefined, now: Date): Failures {
  const current = known && now.getTime() - known.dateUpdated.getTime() < FORGET_MS ? known : undefined;
  const isInWindow = current !== undefined && current.failures > 0 && now.getTime() - current.dateFirstFailure.getTime() < WINDOW_MS;
  const failures = isInWindow ? current.failures + 1 : 1;
  const counted = { failures, dateFirstFailure: isInWindow ? current.dateFirstFailure : now, dateUpdated: now };
  const lockCount = current?.lockCount ?? 0;
  if (failures < MAX_FAILURES && lockCount === 0) return { ...counted, lockCount, dateLockedUntil: null };
  const lockMs = Math.min(LONGEST_LOCK_MS, FIRST_LOCK_MS * 2 ** lockCount);
  return { ...counted, failures: 0, lockCount: lockCount + 1, dateLockedUntil: new Date(now.getTime() + lockMs) };
}

/** Returns the failures of a name after one more wrong password from any source. */
export const afterFailureOfName = (known: Failures | undefined, now: Date): Failures => afterLeaking(known, now, OF_NAME);

/** Returns the failures of a source after one more wrong password for any name. */
export const afterFailureOfSource = (known: Failures | undefined, now: Date): Failures => afterLeaking(known, now, OF_SOURCE);

/** Returns the time until which a name is refused to sources that its user has not signed in from; undefined if it is not. */
export const nameSpentUntil = (known: Failures | undefined, now: Date): Date | undefined => spentUntil(known, now, OF_NAME);

/** Returns the time until which a source is refused for names that have not signed in from it; undefined if it is not. */
export const sourceSpentUntil = (known: Failures | undefined, now: Date): Date | undefined => spentUntil(known, now, OF_SOURCE);

/** Returns the delay of an attempt at a name before its password is checked: half a second from 20 failures on, doubling with every ten more, up to 4 s. */
export function delayMs(known: Failures | undefined, now: Date): number {
  const { failures } = leaked(known, now, OF_NAME);
  return failures < UNDELAYED_FAILURES
    ? 0
    : Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.floor((failures - UNDELAYED_FAILURES) / 10));
}

/** Returns true if a source has guessed at a name: one mistyped password does not count. */
export const isGuesser = (known: Failures | undefined): boolean => known !== undefined && (known.failures > 1 || known.lockCount > 0);

/** Returns the time until the next guess at a delayed name is checked: guesses are checked one at a time. */
export const turnMs = (delay: number): number => delay * TURN_FACTOR;

interface Budget {
  readonly most: number;
  readonly leakMs: number;
}
const OF_NAME: Budget = { most: MOST_FAILURES, leakMs: LEAK_MS };
const OF_SOURCE: Budget = { most: SOURCE_BUDGET, leakMs: SOURCE_LEAK_MS };

function afterLeaking(known: Failures | undefined, now: Date, budget: Budget): Failures {
  const { failures, since } = leaked(known, now, budget);
  return {
    failures: Math.min(budget.most, failures + 1),
    dateFirstFailure: since,
    lockCount: 0,
    dateLockedUntil: known?.dateLockedUntil ?? null,
    dateUpdated: now,
  };
}

function spentUntil(known: Failures | undefined, now: Date, budget: Budget): Date | undefined {
  const { failures, since } = leaked(known, now, budget);
  return failures < budget.most ? undefined : new Date(since.getTime() + budget.leakMs);
}

/** Returns the failures that still count; `since` moves on with those that do not. */
function leaked(known: Failures | undefined, now: Date, { leakMs }: Budget): { failures: number; since: Date } {
  if (!known) return { failures: 0, since: now };
  const gone = Math.max(0, Math.floor((now.getTime() - known.dateFirstFailure.getTime()) / leakMs));
  if (gone >= known.failures) return { failures: 0, since: now };
  return { failures: known.failures - gone, since: new Date(known.dateFirstFailure.getTime() + gone * leakMs) };
}

/** Returns true for a loopback address: a proxy or the machine itself, which stands for every client. */
export const isLoopback = (ip: string): boolean => !(isIPv4(ip) || isIPv6(ip)) || ip === '::1' || /^(::ffff:)?127\./.test(ip);
