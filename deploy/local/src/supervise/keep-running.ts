import type { RunningPart } from '@sallyport/backing';
import { backOffMs, type Clock } from '@sallyport/context';
import type { Unit } from './unit.js';

/** A unit that runs, or is about to again. */
export interface Supervised {
  readonly unit: Unit;
  /** Returns the latest process; it may have just died. */
  current(): RunningPart;
  /** Stops it for good. */
  stop(): Promise<void>;
}

/** Receives the events that a user wants to know. */
export interface Watcher {
  died(unit: Unit, how: string, logFile: string): void;
  cameBack(unit: Unit, part: RunningPart): void;
  failedAgain(unit: Unit, error: Error): void;
}

const STOP_WAIT_MS = 3000;
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 10_000;
/** A process that lived this long before it died starts over with the shortest wait. */
const STEADY_MS = 30_000;

/** Starts a unit, and again whenever it dies, waiting longer each time. The first start must succeed. */
export async function keepRunning(unit: Unit, watcher: Watcher, clock: Clock): Promise<Supervised> {
  const leaving = new AbortController();
  let part = await unit.start();
  const watching = watch();
  return {
    unit,
    current: () => part,
    stop: async () => {
      leaving.abort();
      await part.stop();
      // A unit that is just starting again stops as soon as it answers, and otherwise ends with this process.
      await Promise.race([watching, clock.sleep(STOP_WAIT_MS)]);
    },
  };

  async function watch(): Promise<void> {
    let attempt = 0;
    while (!leaving.signal.aborted) {
      const since = clock.monotonic();
      const exit = await part.exited;
      if (leaving.signal.aborted) return;
      watcher.died(unit, exit.signal ?? `exit code ${exit.code}`, part.logFile);
      if (clock.monotonic() - since > STEADY_MS) attempt = 0;
      attempt = await restart(attempt);
    }
  }

  /** Starts the unit until it succeeds. Returns the number of tries, which the next wait depends on. */
  async function restart(attempt: number): Promise<number> {
    for (let tries = attempt; ; tries += 1) {
      await clock.sleep(backOffMs(tries, FIRST_WAIT_MS, LONGEST_WAIT_MS), leaving.signal).catch(() => undefined);
      if (leaving.signal.aborted) return tries;
      try {
        part = await unit.start();
      } catch (error) {
        watcher.failedAgain(unit, error as Error);
        continue;
      }
      if (leaving.signal.aborted) await part.stop();
      else watcher.cameBack(unit, part);
      return tries + 1;
    }
  }
}
