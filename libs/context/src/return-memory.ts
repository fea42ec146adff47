import { performance, type EventLoopUtilization } from 'node:perf_hooks';
import { collectGarbage } from './collect-garbage.js';
import type { Clock, Timer } from './clock.js';

const CHECK_MS = 10_000;
/** Share of its time that a quiet process works at most. One user at a keyboard needs more. */
const QUIET_SHARE = 0.005;
/** A heap that has grown by less is left alone. */
const WORTH_BYTES = 8 * 1024 * 1024;

/** Measures of a process. Tests replace them. */
export interface HeapWatch {
  heapBytes(): number;
  /** Returns the share of time, 0 to 1, that the process has worked since the last call. */
  workShare(): number;
  collect(): void;
}

/**
 * Collects the garbage of the start now, and later that of a busy time once the process is quiet. V8 alone would keep both as long as the
 * process is idle. A process with work at that moment is not interrupted.
 */
export function returnMemory(clock: Clock, watch: HeapWatch = ofThisProcess()): Timer {
  watch.collect();
  let kept = watch.heapBytes();
  return clock.interval(CHECK_MS, () => {
    const isQuiet = watch.workShare() < QUIET_SHARE;
    if (!isQuiet || watch.heapBytes() < kept + WORTH_BYTES) return;
    watch.collect();
    kept = watch.heapBytes();
  });
}

function ofThisProcess(): HeapWatch {
  let last: EventLoopUtilization = performance.eventLoopUtilization();
  return {
    heapBytes: () => process.memoryUsage().heapTotal,
    workShare: () => {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, last);
      last = now;
      return utilization;
    },
    collect: collectGarbage,
  };
}
