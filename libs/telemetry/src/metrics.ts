import { performance } from 'node:perf_hooks';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { MetricValues } from './process-metrics.js';

/** The metrics of one process, in Prometheus' terms. */
export interface Metrics {
  /** Creates a number that only grows; the name ends in `_total`. */
  counter<L extends string = never>(name: string, help: string, labels?: readonly L[]): Counter<L>;
  /** Creates a number that goes up and down. `read` is called at every scrape. `merge`: how numbers of several processes become one. */
  gauge<L extends string = never>(
    name: string,
    help: string,
    labels?: readonly L[],
    read?: () => number,
    merge?: 'sum' | 'min' | 'max',
  ): Gauge<L>;
  /** Creates a distribution; the name ends in its unit, e.g. `_seconds`. */
  histogram<L extends string = never>(name: string, help: string, buckets: readonly number[], labels?: readonly L[]): Histogram<L>;
  /** Returns all metrics as Prometheus text. */
  text(): Promise<string>;
  /** Returns all metrics as values, for a process that merges those of several processes. */
  values(): Promise<MetricValues>;
}

/** Interval of the timer that samples the event loop's delay: an hour. It would wake an idle process a hundred times a second. */
const NEVER_MS = 3_600_000;
/** Metrics of that timer, which say nothing without it. The lag at the moment of a scrape stays. */
const SAMPLED_LAG = ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'].map((what) => `nodejs_eventloop_lag_${what}_seconds`);

/** Creates the metrics of a process, with Node's own (memory, event loop, handles) already in them. */
export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: NEVER_MS });
  for (const name of SAMPLED_LAG) registry.removeSingleMetric(name);
  showUtilization(registry);
  const registers = [registry];
  return {
    counter: (name, help, labels = []) => new Counter({ name, help, labelNames: [...labels], registers }),
    gauge: (name, help, labels = [], read, merge = 'sum') =>
      new Gauge({
        name,
        help,
        labelNames: [...labels],
        registers,
        aggregator: merge,
        ...(read && {
          collect() {
            this.set(read());
          },
        }),
      }),
    histogram: (name, help, buckets, labels = []) =>
      new Histogram({ name, help, buckets: [...buckets], labelNames: [...labels], registers }),
    text: () => registry.metrics(),
    values: () => registry.getMetricsAsJSON(),
  };
}

function showUtilization(registry: Registry): void {
  let last = performance.eventLoopUtilization();
  new Gauge({
    name: 'nodejs_eventloop_utilization_ratio',
    help: 'Part of the time since the last scrape in which the event loop was busy, from 0 to 1',
    registers: [registry],
    collect() {
      const now = performance.eventLoopUtilization();
      this.set(performance.eventLoopUtilization(now, last).utilization);
      last = now;
    },
  });
}
