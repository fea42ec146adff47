/** Longest that a session may last. */
const MAX_SESSION_MS = 24 * 3_600_000;

/** What a session may cost and how long it may last. */
export interface SessionLimits {
  readonly idleTimeoutSeconds: number;
  readonly expiresAt: Date;
  readonly maxOutputBytes: bigint;
}

/** The limits of a session that starts now: it never outlives the permission it rests on. */
export function sessionLimits(startedAt: Date, permissionEnds: Date | null): SessionLimits {
  const longest = startedAt.getTime() + MAX_SESSION_MS;
  return {
    idleTimeoutSeconds: 30 * 60,
    expiresAt: new Date(Math.min(longest, permissionEnds?.getTime() ?? longest)),
    maxOutputBytes: 64n * 1024n * 1024n,
  };
}
