import { AggregatorRegistry, type MetricObjectWithValues, type MetricValue, type Registry } from 'prom-client';

/** What the metrics of one process stood at, as plain values that can be sent to another one. */
export type MetricValues = MetricObjectWithValues<MetricValue<string>>[];

/** One of several processes that are scraped as one. */
export interface ProcessMetrics {
  /** Name that the process keeps when it is started again, for the label `process`. */
  process: string;
  values: MetricValues;
}

/** Node's own (memory, event loop, handles): their sum would say nothing. */
const OF_ONE_PROCESS = /^(process|nodejs)_/;

/** Prometheus text of several processes: sums of what they count, and Node's own metrics of each by the label `process`. */
export async function textOfProcesses(parts: readonly ProcessMetrics[]): Promise<string> {
  return sumOf(
    parts.map(({ process, values }) => values.map((metric) => (OF_ONE_PROCESS.test(metric.name) ? labelled(metric, process) : metric))),
  ).metrics();
}

/** Adds what a process had counted to what others had before it, so that sums do not fall when it is gone. */
export async function addCounted(before: MetricValues, more: MetricValues): Promise<MetricValues> {
  const counted = more.filter(({ name, type }) => COUNTED.has(String(type)) && !OF_ONE_PROCESS.test(name));
  return sumOf([before, counted]).getMetricsAsJSON();
}

/** A metric's type is a word there where its declaration has a number. */
const COUNTED = new Set(['counter', 'histogram']);

const sumOf = (parts: MetricValues[]): Registry => AggregatorRegistry.aggregate(parts);

const labelled = (metric: MetricValues[number], process: string): MetricValues[number] => ({
  ...metric,
  aggregator: 'first',
  values: metric.values.map((value) => ({ ...value, labels: { ...value.labels, process } })),
});
