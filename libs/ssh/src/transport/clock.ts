/** A running timer. `cancel` may be called at any time, also after the timer fired. */
export interface Timer {
  /** Cancels the timer. Does nothing after it fired. */
  cancel(): void;
}

/** The engine's time source, which lets tests run deadlines and rekeying without waiting. */
export interface Clock {
  /** Returns monotonic milliseconds. */
  now(): number;
  /** Runs `action` once after `ms` milliseconds. Timers of the system clock do not keep the process alive. */
  after(ms: number, action: () => void): Timer;
}

/** The monotonic clock of the system. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, action) => {
    const handle = setTimeout(action, ms);
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
};
