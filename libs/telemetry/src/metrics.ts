import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { MetricValues } from './process-metrics.js';

/** The metrics of one process, in Prometheus' terms. */
export interface Metrics {
  /** Creates a number that only grows; the name ends in `_total`. */
  counter<L extends string = never>(name: string, help: string, labels?: readonly L[]): Counter<L>;
  /** Creates a number that goes up and down. `read` is called at every scrape. */
  gauge<L extends string = never>(name: string, help: string, labels?: readonly L[], read?: () => number): Gauge<L>;
  /** Creates a distribution; the name ends in its unit, e.g. `_seconds`. */
  histogram<L extends string = never>(name: string, help: string, buckets: readonly number[], labels?: readonly L[]): Histogram<L>;
  /** Returns all metrics as Prometheus text. */
  text(): Promise<string>;
  /** Returns all metrics as values, for a process that merges those of several processes. */
  values(): Promise<MetricValues>;
}

/** Creates the metrics of a process, with Node's own (memory, event loop lag, handles) already in them. */
export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    counter: (name, help, labels = []) => new Counter({ name, help, labelNames: [...labels], registers }),
    gauge: (name, help, labels = [], read) =>
      new Gauge({
        name,
        help,
        labelNames: [...labels],
        registers,
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
