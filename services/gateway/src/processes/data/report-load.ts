import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { Clock } from '@sallyport/context';
import type { LoadReport } from '../messages.js';

const EVERY_MS = 250;
/** A block of the event loop that others notice. */
const BLOCK_MS = 50;
/** The interval of the timer that measures blocks. What it measures includes this interval. */
const RESOLUTION_MS = 20;

/** Reports the load of this process several times a second. Silence means that its event loop does not turn. */
export function reportLoad(
  clock: Clock,
  read: () => Omit<LoadReport, 'utilisation' | 'loopBlocks'>,
  send: (report: LoadReport) => void,
): void {
  let last = performance.eventLoopUtilization();
  let loopBlocks = 0;
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  let used = process.threadCpuUsage();
  clock.interval(EVERY_MS, () => {
    const now = performance.eventLoopUtilization();
    // A busy machine delays the loop too: only a loop that itself used the processor for so long was blocked.
    const { user, system } = process.threadCpuUsage(used);
    if (delay.max > (BLOCK_MS + RESOLUTION_MS) * 1e6 && user + system > BLOCK_MS * 1000) loopBlocks += 1;
    delay.reset();
    used = process.threadCpuUsage();
    send({ ...read(), loopBlocks, utilisation: performance.eventLoopUtilization(now, last).utilization });
    last = now;
  });
}
