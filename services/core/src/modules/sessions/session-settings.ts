/** Settings of sessions. */
export interface SessionSettings {
  /** A session whose gateway has not renewed it for this long is lost. */
  readonly leaseSeconds: number;
}

export const SESSION_SETTINGS = Symbol('SessionSettings');
