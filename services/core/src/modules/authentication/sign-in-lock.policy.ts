/** This many wrong proofs within the window lock. */
const MAX_FAILURES = 5;
const WINDOW_MS = 15 * 60_000;
const FIRST_LOCK_MS = 30 * 60_000;
const LONGEST_LOCK_MS = 24 * 3_600_000;
/** Who stays quiet this long begins anew. */
export const FORGET_MS = 48 * 3_600_000;

/** What is known of one user name or source address. */
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
