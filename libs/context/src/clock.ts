import { setTimeout as sleepFor } from 'node:timers/promises';

/** A running timer. */
export interface Timer {
  cancel(): void;
}

/** Time, so that tests can hold it still. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds that only grow, from an arbitrary start. */
  monotonic(): number;
  /** Resolves after `ms`; rejects with an AbortError, whose cause is the signal's reason, when aborted before. */
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
