import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { showBuild } from './build-info.js';
import { showUtilization } from './loop-utilization.js';
import type { MetricValues } from './process-metrics.js';

/** A value of a gauge with labels. */
export interface Reading<L extends string> {
  readonly labels: Readonly<Record<L, string>>;
  readonly value: number;
}

/** The values of a gauge at a scrape: one without labels, or one per set of labels. */
type Readings<L extends string> = number | readonly Reading<L>[];

/** Reads a gauge at a scrape. If it fails, the gauge keeps its last values. */
export type ReadGauge<L extends string> = () => Readings<L> | Promise<Readings<L>>;

/** The metrics of one process, in Prometheus' terms. */
export interface Metrics {
  /** Creates a number that only grows; the name ends in `_total`. */
  counter<L extends string = never>(name: string, help: string, labels?: readonly L[]): Counter<L>;
  /**
   * Creates a number that goes up and down. `read` is called at every scrape. `across` says how the values of several processes become one: an
   * age is the `max` of theirs.
   */
  gauge<L extends string = never>(
    name: string,
    help: string,
    labels?: readonly L[],
    read?: ReadGauge<L>,
    across?: 'sum' | 'min' | 'max',
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
  showBuild(registry);
  const registers = [registry];
  return {
    counter: (name, help, labels = []) => new Counter({ name, help, labelNames: [...labels], registers }),
    gauge: (name, help, labels = [], read, across = 'sum') =>
      new Gauge({ name, help, labelNames: [...labels], registers, aggregator: across, ...(read && { collect: collecting(read) }) }),
    histogram: (name, help, buckets, labels = []) =>
      new Histogram({ name, help, buckets: [...buckets], labelNames: [...labels], registers }),
    text: () => registry.metrics(),
    values: () => registry.getMetricsAsJSON(),
  };
}

/** Returns a function that makes the metrics of one kind once for a process, however many of its parts ask for them. */
export function oncePerProcess<T>(make: (metrics: Metrics) => T): (metrics: Metrics) => T {
  const made = new WeakMap<Metrics, { readonly of: T }>();
  return (metrics) => {
    const known = made.get(metrics) ?? { of: make(metrics) };
    made.set(metrics, known);
    return known.of;
  };
}

function collecting<L extends string>(read: ReadGauge<L>): (this: Gauge<L>) => Promise<void> {
  return async function () {
    try {
      const readings = await read();
      if (typeof readings === 'number') return this.set(readings);
      this.reset();
      for (const { labels, value } of readings) this.set(labels, value);
    } catch {
      // One dependency that does not answer must not cost the scrape all the other metrics.
    }
  };
}
