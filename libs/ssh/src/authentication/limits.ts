/** Limits of a server's authentication. */
export interface AuthenticationLimits {
  /** Milliseconds from the start of the connection to success. */
  readonly graceMs: number;
  /** Failures after which the connection ends. A `none` that is the first request does not count. */
  readonly failures: number;
  /** Signed publickey requests that are refused: wrong signatures, and keys that are unknown, malformed or too large. */
  readonly wrongSignatures: number;
  /** Requests in all, including successful ones and queries about keys. */
  readonly requests: number;
  /** Requests that may wait while one is decided: their number, and their bytes. */
  readonly waitingRequests: number;
  readonly waitingBytes: number;
}

/** The default limits. `failures` is that of OpenSSH's MaxAuthTries. */
export const DEFAULT_AUTHENTICATION_LIMITS: AuthenticationLimits = {
  graceMs: 30_000,
  failures: 6,
  wrongSignatures: 6,
  requests: 64,
  waitingRequests: 8,
  waitingBytes: 64 * 1024,
};
