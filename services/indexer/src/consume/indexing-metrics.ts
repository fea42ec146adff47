import type { Clock } from '@sallyport/context';
import type { Metrics } from '@sallyport/telemetry';
import type { Command } from '../store/index.js';

/** Metrics of indexing. */
export interface IndexingMetrics {
  indexed(commands: readonly Pick<Command, 'timestamp'>[]): void;
  failed(reason: 'refused' | 'put off', count: number): void;
}

const LAG_BUCKETS_S = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600, 3_600];

/** Registers the metrics. */
export function indexingMetrics(metrics: Metrics, clock: Clock): IndexingMetrics {
  const indexed = metrics.counter('indexer_commands_indexed_total', 'Commands that the store has, counted again when they came again');
  const failed = metrics.counter(
    'indexer_commands_failed_total',
    'Deliveries that failed: refused for good (dead letters) or put off (delivered again)',
    ['reason'],
  );
  const lag = metrics.histogram('indexer_lag_seconds', 'Time from a command being sent to its being stored', LAG_BUCKETS_S);
  return {
    indexed(commands) {
      indexed.inc(commands.length);
      for (const { timestamp } of commands) lag.observe(Math.max(0, clock.now() - timestamp.getTime()) / 1_000);
    },
    failed: (reason, count) => failed.inc({ reason }, count),
  };
}
