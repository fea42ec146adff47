import type { Watcher } from '../supervise/keep-running.js';

/** Progress lines, each with the seconds since the start. */
export interface Progress {
  say(line: string): void;
  readonly watcher: Watcher;
}

/** Creates the progress lines. `write` receives whole lines; `monotonic` is in milliseconds, and so is the time that has passed already. */
export function progress(write: (line: string) => void, monotonic: () => number, elapsedMs: number): Progress {
  const start = monotonic() - elapsedMs;
  const say = (line: string): void => write(`${((monotonic() - start) / 1000).toFixed(1).padStart(6)} s  ${line}`);
  return {
    say,
    watcher: {
      died: (unit, how, logFile) => say(`${unit.name} died (${how}): starting it again; its log is ${logFile}`),
      cameBack: (unit, part) => say(`${unit.name} is back (pid ${part.pid})`),
      failedAgain: (unit, error) => say(`${unit.name} did not start: ${error.message.split('\n')[0]}`),
    },
  };
}
