import { performance } from 'node:perf_hooks';
import type { Clock } from '@sallyport/context';
import type { LoadReport } from '../messages.js';

const EVERY_MS = 250;

/** Reports the load of this process several times a second. Silence means that its event loop does not turn. */
export function reportLoad(clock: Clock, read: () => Omit<LoadReport, 'utilisation'>, send: (report: LoadReport) => void): void {
  let last = performance.eventLoopUtilization();
  clock.interval(EVERY_MS, () => {
    const now = performance.eventLoopUtilization();
    send({ ...read(), utilisation: performance.eventLoopUtilization(now, last).utilization });
    last = now;
  });
}
