import { AggregatorRegistry, type MetricObjectWithValues, type MetricValue, type Registry } from 'prom-client';

/** The metrics of one process as plain values, which can be sent to another process. */
export type MetricValues = MetricObjectWithValues<MetricValue<string>>[];

/** One of several processes that are scraped as one. */
export interface ProcessMetrics {
  /** Value of the label `process`, which the process keeps when it is started again. */
  process: string;
  values: MetricValues;
}

/** Node's own metrics (memory, event loop, handles): their sum would mean nothing. */
const OF_ONE_PROCESS = /^(process|nodejs)_/;

/** Returns the Prometheus text of several processes: sums of their counters, and Node's own metrics of each by the label `process`. */
export async function textOfProcesses(parts: readonly ProcessMetrics[]): Promise<string> {
  return sumOf(
    parts.map(({ process, values }) => values.map((metric) => (OF_ONE_PROCESS.test(metric.name) ? labelled(metric, process) : metric))),
  ).metrics();
}

/** Adds the counters of a process to those of the processes before it, so that sums do not fall when it ends. */
export async function addCounted(before: MetricValues, more: MetricValues): Promise<MetricValues> {
  const counted = more.filter(({ name, type }) => COUNTED.has(String(type)) && !OF_ONE_PROCESS.test(name));
  return sumOf([before, counted]).getMetricsAsJSON();
}

/** A metric's type is a text there where its declaration has a number. */
const COUNTED = new Set(['counter', 'histogram']);

const sumOf = (parts: MetricValues[]): Registry => AggregatorRegistry.aggregate(parts);

const labelled = (metric: MetricValues[number], process: string): MetricValues[number] => ({
  ...metric,
  aggregator: 'first',
  values: metric.values.map((value) => ({ ...value, labels: { ...value.labels, process } })),
});
