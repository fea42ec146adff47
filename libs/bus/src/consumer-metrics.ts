import { oncePerProcess, type Metrics, type Reading } from '@sallyport/telemetry';

/** The messages that wait for a consumer. */
export interface Backlog {
  /** Returns the number of messages that are not acknowledged: those that wait, and those that are being handled. */
  messages(): Promise<number>;
  /** Returns the age of the oldest message that is being handled; 0 if there is none. */
  oldestSeconds(): number;
}

/** Registers the metrics of a process's consumers. */
const metricsOf = oncePerProcess((metrics) => {
  const backlogs = new Map<string, Backlog>();
  const read = (value: (backlog: Backlog) => number | Promise<number>) => (): Promise<Reading<'consumer'>[]> =>
    Promise.all([...backlogs].map(async ([consumer, backlog]) => ({ labels: { consumer }, value: await value(backlog) })));
  metrics.gauge(
    'bus_consumer_pending_messages',
    'Messages of a consumer that are not handled yet, by all processes together',
    ['consumer'],
    read((backlog) => backlog.messages()),
    'max',
  );
  metrics.gauge(
    'bus_consumer_oldest_message_age_seconds',
    'Age of the oldest message that this process is handling',
    ['consumer'],
    read((backlog) => backlog.oldestSeconds()),
    'max',
  );
  const deadLetters = metrics.counter('bus_dead_letters_total', 'Messages that were dropped for good, each kept in SALLYPORT_DEAD', [
    'consumer',
  ]);
  return { backlogs, deadLetters };
});

/** Shows what waits for a consumer, and counts its dead letters. */
export function showConsumer(metrics: Metrics, consumer: string, backlog: Backlog): { deadLetter(): void } {
  const { backlogs, deadLetters } = metricsOf(metrics);
  backlogs.set(consumer, backlog);
  deadLetters.inc({ consumer }, 0);
  return { deadLetter: () => deadLetters.inc({ consumer }) };
}
