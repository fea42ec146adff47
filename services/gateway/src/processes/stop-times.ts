/** For frames to reach the recorder, or else the spool, after the last session ended. */
export const HAND_OVER_MS = 10_000;
const WRAP_UP_MS = 20_000;
const CONTROL_SLACK_MS = 2_000;

/** When a data process that was told to drain gives up. */
export const dataDeadlineMs = (drainSeconds: number): number => drainSeconds * 1000 + HAND_OVER_MS + WRAP_UP_MS;

/** When the control process no longer waits for them. */
export const controlDeadlineMs = (drainSeconds: number): number => dataDeadlineMs(drainSeconds) + CONTROL_SLACK_MS;
