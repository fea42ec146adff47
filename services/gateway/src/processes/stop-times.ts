/** The time, after the last session has ended, for frames to reach the recorder or else the spool. */
export const HAND_OVER_MS = 10_000;
/** The time for sessions to end and be reported, for connections to close, and for the last calls. */
const WRAP_UP_MS = 20_000;
const CONTROL_SLACK_MS = 2_000;

/** Returns the time after which a draining data process exits, in milliseconds from the start of the drain. */
export const dataDeadlineMs = (drainSeconds: number): number => drainSeconds * 1000 + HAND_OVER_MS + WRAP_UP_MS;

/** Returns the time after which the control process no longer waits for its data processes, in milliseconds from the start of the drain. */
export const controlDeadlineMs = (drainSeconds: number): number => dataDeadlineMs(drainSeconds) + CONTROL_SLACK_MS;
