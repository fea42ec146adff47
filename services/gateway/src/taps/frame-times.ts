/** Microseconds since the session's start, as frames have them. Core's clock and ours may differ a little: nothing lies before the start. */
export const sinceStart = (atMs: number, startedAtMs: number): number => Math.max(0, Math.round((atMs - startedAtMs) * 1000));
