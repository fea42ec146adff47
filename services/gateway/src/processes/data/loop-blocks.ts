import { monitorEventLoopDelay, performance, type EventLoopUtilization } from 'node:perf_hooks';

/** A block of the event loop that others notice. */
const BLOCK_MS = 50;
/** The interval of the timer that measures blocks. What it measures includes this interval. */
const RESOLUTION_MS = 20;

/**
 * Counts the blocks of this process's event loop. The timer that measures them runs only while the loop is busy: it would wake an idle process
 * fifty times a second.
 */
export class LoopBlocks {
  /** Number of blocks so far. */
  count = 0;
  private readonly delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private isMeasuring = false;
  private last: EventLoopUtilization = performance.eventLoopUtilization();
  private loops = performance.nodeTiming.uvMetricsInfo.loopCount;
  private used = process.threadCpuUsage();

  /** Looks at the time since the last call, a fraction of a second. Returns the part of it in which the loop was busy. */
  look(): number {
    const now = performance.eventLoopUtilization();
    const { active, utilization } = performance.eventLoopUtilization(now, this.last);
    this.last = now;
    if (this.wasBlocked(active)) this.count += 1;
    this.measure(active >= BLOCK_MS);
    return utilization;
  }

  /** Returns true if a turn of the loop used the processor for too long. A busy machine delays the loop too, which does not count. */
  private wasBlocked(activeMs: number): boolean {
    const { user, system } = process.threadCpuUsage(this.used);
    this.used = process.threadCpuUsage();
    const turns = this.turns();
    if (user + system <= BLOCK_MS * 1000) return false;
    return activeMs / Math.max(1, turns) > BLOCK_MS || (this.isMeasuring && this.delay.max > (BLOCK_MS + RESOLUTION_MS) * 1e6);
  }

  private turns(): number {
    const { loopCount } = performance.nodeTiming.uvMetricsInfo;
    const turns = loopCount - this.loops;
    this.loops = loopCount;
    return turns;
  }

  private measure(isBusy: boolean): void {
    if (isBusy && !this.isMeasuring) this.delay.enable();
    if (!isBusy && this.isMeasuring) this.delay.disable();
    this.isMeasuring = isBusy;
    this.delay.reset();
  }
}
