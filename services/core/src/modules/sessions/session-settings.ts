/** Settings of sessions. */
export interface SessionSettings {
  /** A session whose gateway has not renewed it for this long is lost. */
  readonly leaseSeconds: number;
  /** True: a user reads the name of the administrator that terminates a session. */
  readonly namesTerminatingAdmin: boolean;
}

export const SESSION_SETTINGS = Symbol('SessionSettings');
