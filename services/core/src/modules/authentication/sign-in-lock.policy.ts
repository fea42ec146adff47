import { isIPv4, isIPv6 } from 'node:net';

/** This many wrong proofs within the window lock. */
const MAX_FAILURES = 5;
const WINDOW_MS = 15 * 60_000;
const FIRST_LOCK_MS = 30 * 60_000;
const LONGEST_LOCK_MS = 24 * 3_600_000;
/** Who stays quiet this long begins anew. */
export const FORGET_MS = 48 * 3_600_000;

/** So many failures of one name, from wherever, are anybody's slips; above, its attempts wait. */
const CALM_FAILURES = 20;
/** One failure of a name is forgotten per this time: what guesses slower than that is no danger to a password. */
export const LEAK_MS = 15 * 60_000;
/** Failures of a name that are kept in mind: a day after the last guess its attempts wait no more. */
const MOST_FAILURES = 80;
const FIRST_DELAY_MS = 500;
/** A gateway waits 8 s for an answer. */
const LONGEST_DELAY_MS = 4_000;
const TURN_FACTOR = 8;

/** What is known of one name from one source, of one source, or of one name from everywhere. */
export interface Failures {
  readonly failures: number;
  readonly dateFirstFailure: Date;
  readonly lockCount: number;
  readonly dateLockedUntil: Date | null;
  readonly dateUpdated: Date;
}

/** Until when it is locked; undefined when it is not. */
export const lockedUntil = (known: Failures | undefined, now: Date): Date | undefined =>
  known?.dateLockedUntil && known.dateLockedUntil > now ? known.dateLockedUntil : undefined;

/** What is known after one more wrong proof: the fifth within 15 minutes locks for 30 minutes, each further lock for twice as long, up to a day. */
export function afterFailure(known: Failures | undefined, now: Date): Failures {
  const current = known && now.getTime() - known.dateUpdated.getTime() < FORGET_MS ? known : undefined;
  const isInWindow = current !== undefined && current.failures > 0 && now.getTime() - current.dateFirstFailure.getTime() < WINDOW_MS;
  const failures = isInWindow ? current.failures + 1 : 1;
  const counted = { failures, dateFirstFailure: isInWindow ? current.dateFirstFailure : now, dateUpdated: now };
  const lockCount = current?.lockCount ?? 0;
  if (failures < MAX_FAILURES) return { ...counted, lockCount, dateLockedUntil: null };
  const lockMs = Math.min(LONGEST_LOCK_MS, FIRST_LOCK_MS * 2 ** lockCount);
  return { ...counted, failures: 0, lockCount: lockCount + 1, dateLockedUntil: new Date(now.getTime() + lockMs) };
}

/** What is known of a name after one more wrong proof from anywhere. It is never locked: whoever knows a name could lock its owner out. */
export function afterFailureOfName(known: Failures | undefined, now: Date): Failures {
  const { failures, since } = leaked(known, now);
  return {
    failures: Math.min(MOST_FAILURES, failures + 1),
    dateFirstFailure: since,
    lockCount: 0,
    dateLockedUntil: known?.dateLockedUntil ?? null,
    dateUpdated: now,
  };
}

/** How long an attempt at a name waits before its password is looked at: from 20 failures on half a second, doubling with every ten more, up to 4 s. */
export function delayMs(known: Failures | undefined, now: Date): number {
  const { failures } = leaked(known, now);
  return failures < CALM_FAILURES ? 0 : Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.floor((failures - CALM_FAILURES) / 10));
}

/** A source that only mistyped once is nobody's guesser yet. */
export const isGuesser = (known: Failures | undefined): boolean => known !== undefined && (known.failures > 1 || known.lockCount > 0);

/** While attempts at a name wait, its guessers are looked at one at a time: this is when the next one's turn comes. */
export const turnMs = (delay: number): number => delay * TURN_FACTOR;

/** `dateFirstFailure` moves on with what leaked. */
function leaked(known: Failures | undefined, now: Date): { failures: number; since: Date } {
  if (!known) return { failures: 0, since: now };
  const gone = Math.max(0, Math.floor((now.getTime() - known.dateFirstFailure.getTime()) / LEAK_MS));
  if (gone >= known.failures) return { failures: 0, since: now };
  return { failures: known.failures - gone, since: new Date(known.dateFirstFailure.getTime() + gone * LEAK_MS) };
}

/** A loopback address is a proxy or the machine itself, and stands for everybody. */
export const isLoopback = (ip: string): boolean => !(isIPv4(ip) || isIPv6(ip)) || ip === '::1' || /^(::ffff:)?127\./.test(ip);
