/** Bounds of a server's authentication. */
export interface AuthenticationLimits {
  /** Milliseconds from the connection's start to success. */
  readonly graceMs: number;
  /** Failures after which the connection ends; the first `none` does not count. */
  readonly failures: number;
  /** Requests in all, those that failed not and queries about keys included. */
  readonly requests: number;
  /** Requests that may wait while one is decided, in number and bytes. */
  readonly waitingRequests: number;
  readonly waitingBytes: number;
}

/** The bounds in force unless an option says otherwise; failures as OpenSSH's MaxAuthTries. */
export const DEFAULT_AUTHENTICATION_LIMITS: AuthenticationLimits = {
  graceMs: 30_000,
  failures: 6,
  requests: 64,
  waitingRequests: 8,
  waitingBytes: 64 * 1024,
};
