import type { Bus } from '@sallyport/bus';
import type { Clock } from '@sallyport/context';
import { showDisks, type Metrics } from '@sallyport/telemetry';
import type { ActiveSessions } from './ingest/active-sessions.js';
import type { ByteBudget } from './ingest/byte-budget.js';

/** The parts of a recorder that its metrics show. */
export interface ShownRecorder {
  readonly active: ActiveSessions;
  readonly budget: ByteBudget;
  readonly bus: Pick<Bus, 'problem'>;
  readonly clock: Clock;
  /** The folder of the recordings, if they are on a disk. */
  readonly folder?: string | undefined;
}

/** Registers the gauges of a recorder. */
export function showRecorder(metrics: Metrics, { active, budget, bus, clock, folder }: ShownRecorder): void {
  metrics.gauge('recorder_active_sessions', 'Sessions being recorded', [], () => active.count);
  metrics.gauge('recorder_unstored_bytes', 'Bytes that were received and are not in the store yet', [], () => budget.heldBytes);
  metrics.gauge('recorder_unstored_oldest_seconds', 'Age of the oldest of these bytes', [], () =>
    budget.waiting.oldestSeconds(clock.monotonic()),
  );
  metrics.gauge('recorder_nats_up', '1 while NATS can be reached', [], () => (bus.problem() === undefined ? 1 : 0));
  if (folder !== undefined) showDisks(metrics, { recordings: folder });
}
