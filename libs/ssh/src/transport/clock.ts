/** A running timer; `cancel` is safe to call at any time, also after it fired. */
export interface Timer {
  cancel(): void;
}

/** Time as the engine sees it, so that deadlines and rekeying can be tested without waiting. */
export interface Clock {
  /** Milliseconds that never go backwards. */
  now(): number;
  /** Runs `action` once after `ms`. Timers of the system clock do not keep the process alive. */
  after(ms: number, action: () => void): Timer;
}

/** The machine's own monotonic clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, action) => {
    const handle = setTimeout(action, ms);
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
};
