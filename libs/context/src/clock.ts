import { setTimeout as sleepFor } from 'node:timers/promises';

/** A running timer. */
export interface Timer {
  cancel(): void;
}

/** A source of time that tests can control. */
export interface Clock {
  /** Returns milliseconds since 1970. */
  now(): number;
  /** Returns milliseconds that only grow, from an arbitrary start. */
  monotonic(): number;
  /** Resolves after `ms`. Rejects with an AbortError, whose cause is the signal's reason, if it is aborted before. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls once after `ms`. Does not keep the process alive. */
  timeout(ms: number, call: () => void): Timer;
  /** Calls every `ms`. Does not keep the process alive. */
  interval(ms: number, call: () => void): Timer;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: async (ms, signal) => {
    await sleepFor(ms, undefined, signal ? { signal } : {});
  },
  timeout(ms, call) {
    const timer = setTimeout(call, ms).unref();
    return { cancel: () => clearTimeout(timer) };
  },
  interval(ms, call) {
    const timer = setInterval(call, ms).unref();
    return { cancel: () => clearInterval(timer) };
  },
};
