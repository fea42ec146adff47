import { connectGrant, type AllowedActions } from '../perms/index.js';

/** The longest duration of a session, in milliseconds. */
const MAX_SESSION_MS = 24 * 3_600_000;

/** Limits of a session: its idle time, its end and the output that is recorded of a channel, 0 for all of it. */
export interface SessionLimits {
  readonly idleTimeoutSeconds: number;
  readonly expiresAt: Date;
  /** Reason that it ends with then. */
  readonly expiryReason: 'max_duration' | 'permission_expired' | 'user_expired';
  readonly maxOutputBytes: bigint;
}

/** Returns the limits of a session that starts at `startedAt`. It ends when its action "connect" ends, or earlier. */
export function sessionLimits(startedAt: Date, actions: AllowedActions): SessionLimits {
  const { until, endsWithUser } = connectGrant(actions);
  const longest = startedAt.getTime() + MAX_SESSION_MS;
  const endsWithRight = until !== null && until.getTime() <= longest;
  return {
    idleTimeoutSeconds: 30 * 60,
    expiresAt: new Date(Math.min(longest, until?.getTime() ?? longest)),
    expiryReason: endsWithRight ? (endsWithUser ? 'user_expired' : 'permission_expired') : 'max_duration',
    // Recorded whole: the retention of the recordings' store bounds it, not the session.
    maxOutputBytes: 0n,
  };
}
