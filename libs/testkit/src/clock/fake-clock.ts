import type { Clock, Timer } from '@sallyport/context';

/** A clock that stands still until a test moves it. */
export interface FakeClock extends Clock {
  /** Moves time on and calls due timers in order. Work that a call starts may run before the next call. */
  advance(ms: number): Promise<void>;
}

interface Due {
  at: number;
  readonly everyMs: number | undefined;
  readonly call: () => void;
}

/** Creates a clock that starts at `startMs` (milliseconds since 1970). */
export function fakeClock(startMs = Date.UTC(2030, 0, 1)): FakeClock {
  let now = startMs;
  const waiting = new Set<Due>();
  const add = (ms: number, everyMs: number | undefined, call: () => void): Timer => {
    const due = { at: now + ms, everyMs, call };
    waiting.add(due);
    return { cancel: () => void waiting.delete(due) };
  };
  const next = (until: number): Due | undefined => [...waiting].filter((due) => due.at <= until).sort((a, b) => a.at - b.at)[0];
  return {
    now: () => now,
    monotonic: () => now - startMs,
    timeout: (ms, call) => add(ms, undefined, call),
    interval: (ms, call) => add(ms, ms, call),
    sleep: (ms, signal) => sleepOn(add, ms, signal),
    advance: async (ms) => {
      await turn(); // a promise callback that just ran may set a timer
      const until = now + ms;
      for (let due = next(until); due !== undefined; due = next(until)) {
        now = due.at;
        if (due.everyMs === undefined) waiting.delete(due);
        else due.at += due.everyMs;
        due.call();
        await turn();
      }
      now = until;
      await turn();
    },
  };
}

function sleepOn(add: (ms: number, everyMs: undefined, call: () => void) => Timer, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = add(ms, undefined, resolve);
    const leave = (): void => {
      timer.cancel();
      reject(signal?.reason as Error);
    };
    if (signal?.aborted === true) leave();
    else signal?.addEventListener('abort', leave, { once: true });
  });
}

/** Lets promise callbacks and immediates run. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
