/** Returns microseconds since the session's start. Clocks of core and gateway may differ, so a time before the start becomes 0. */
export const sinceStart = (atMs: number, startedAtMs: number): number => Math.max(0, Math.round((atMs - startedAtMs) * 1000));
