import { jetstream, JetStreamApiError, type Consumer, type JsMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';
import { backOffMs, systemClock } from '@sallyport/context';
import { AppError, logLevel, toAppError } from '@sallyport/errors';
import { inSpan, type Logger, type Metrics } from '@sallyport/telemetry';
import type { BusConnection } from './connection.js';
import { showConsumer } from './consumer-metrics.js';
import type { ConsumerDef } from './consumers.js';
import { publishDeadLetter } from './dead-letter.js';
import type { EventDef } from './events.js';
import { MessagesInHand } from './messages-in-hand.js';
import { STREAM } from './streams.js';

/** A message as its handler receives it. */
export interface Received<T> {
  readonly message: T;
  /** Event id, for idempotence. */
  readonly id: string;
  /** 1 at the first delivery. */
  readonly delivery: number;
}

/** Settings of a consumer. Delivery is at least once: the handler must be idempotent by `id`. */
export interface ConsumeOptions<T> {
  consumer: Pick<ConsumerDef<T>, 'name' | 'event'>;
  /** Most messages per batch; 1 handles each message alone. */
  batchSize: number;
  /** Batches that are handled at once. */
  concurrency?: number;
  /** A message that failed this often becomes a dead letter; 0 for never. An error of kind `invalid` makes it one at once. */
  maxDeliveries: number;
  /** Longest wait between two deliveries of a failing message. */
  maxBackOffMs?: number;
  /** Shows what waits for the consumer, and counts its dead letters. */
  metrics?: Metrics;
  /** Counts a message that becomes a dead letter. The error is logged already. */
  onDeadLetter?(error: AppError): void;
  /** Handles a batch. Its messages are acknowledged when this resolves. To fail some of them, return their errors by event id. */
  handle(batch: readonly Received<T>[]): Promise<void | ReadonlyMap<string, AppError>>;
}

/** A running consumer. */
export interface Consuming {
  /** Lets running batches finish, then stops. */
  stop(): Promise<void>;
}

/** Time after which an unacknowledged message is delivered again. */
export const ACK_WAIT_MS = 30_000;
const NOT_FOUND = 404;
const FETCH_EXPIRES_MS = 5_000;
/** A scrape waits this long for an answer of NATS. */
const ASK_MS = 1_000;

/** A message is not of the type of its subject. */
export class MessageUnreadable extends AppError {
  readonly code = 'MESSAGE_UNREADABLE';
  readonly kind = 'invalid';
}

/** Consumes until stopped, through every outage of NATS. */
export function startConsuming<T>(connection: BusConnection, logger: Logger, consume: ConsumeOptions<T>): Consuming {
  const stop = new AbortController();
  const inHand = new MessagesInHand();
  const options = consume.metrics ? shown(connection, inHand, consume, consume.metrics) : consume;
  const loops = Array.from({ length: options.concurrency ?? 1 }, () => consumeForEver(connection, logger, options, inHand, stop.signal));
  return {
    async stop() {
      stop.abort();
      await Promise.all(loops);
    },
  };
}

/** Returns the number of messages of a consumer that no process has acknowledged. */
async function pendingOf<T>(connection: BusConnection, consumer: Pick<ConsumerDef<T>, 'name' | 'event'>): Promise<number> {
  const { num_pending, num_ack_pending } = await (await findConsumer(await connection.get(ASK_MS), consumer)).info();
  return num_pending + num_ack_pending;
}

/** Rejects if the answer takes longer than a scrape can wait. */
async function soon<T>(answer: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = systemClock.timeout(ASK_MS, () => late.reject(new Error(`no answer within ${ASK_MS} ms`)));
  return Promise.race([answer, late.promise]).finally(() => timer.cancel());
}

/** Returns the options of a consumer whose backlog and dead letters the metrics show. */
function shown<T>(connection: BusConnection, inHand: MessagesInHand, options: ConsumeOptions<T>, metrics: Metrics): ConsumeOptions<T> {
  const { consumer } = options;
  const { deadLetter } = showConsumer(metrics, consumer.name, {
    messages: () => soon(pendingOf(connection, consumer)),
    oldestSeconds: () => inHand.oldestSeconds(),
  });
  return {
    ...options,
    onDeadLetter(error) {
      deadLetter();
      options.onDeadLetter?.(error);
    },
  };
}

async function consumeForEver<T>(
  connection: BusConnection,
  logger: Logger,
  options: ConsumeOptions<T>,
  inHand: MessagesInHand,
  signal: AbortSignal,
): Promise<void> {
  for (let failures = 0; !signal.aborted; ) {
    try {
      const nats = await connection.get(60_000, signal);
      const consumer = await findConsumer(nats, options.consumer);
      failures = 0;
      while (!signal.aborted) await consumeBatch(nats, consumer, logger, options, inHand, signal);
    } catch (error) {
      if (signal.aborted) return;
      failures++;
      if (failures === 1)
        logger.warn({ consumer: options.consumer.name, problem: (error as Error).message }, 'consuming was interrupted, trying again');
      await systemClock.sleep(backOffMs(failures, 200, 2_000), signal).catch(() => {});
    }
  }
}

async function findConsumer<T>(nats: NatsConnection, { name, event }: Pick<ConsumerDef<T>, 'name' | 'event'>): Promise<Consumer> {
  try {
    return await jetstream(nats, { checkAPI: false }).consumers.get(STREAM[event.stream], name);
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.status !== NOT_FOUND) throw error;
    throw new Error(`NATS does not have the consumer ${name} of the stream ${STREAM[event.stream]}: run "sallyport nats provision"`, {
      cause: error,
    });
  }
}

async function consumeBatch<T>(
  nats: NatsConnection,
  consumer: Consumer,
  logger: Logger,
  options: ConsumeOptions<T>,
  inHand: MessagesInHand,
  signal: AbortSignal,
): Promise<void> {
  const raw = await fetchBatch(consumer, options.batchSize, signal);
  if (raw.length === 0) return;
  const alive = systemClock.interval(ACK_WAIT_MS / 3, () => raw.forEach((message) => message.working()));
  try {
    await inHand.during(raw, () => handleBatch(nats, logger, options, raw));
  } finally {
    alive.cancel();
  }
}

/** Waits for a message, but not beyond the stop. A message that comes later goes back. */
async function firstMessage(consumer: Consumer, signal: AbortSignal): Promise<JsMsg | undefined> {
  const next = consumer.next({ expires: FETCH_EXPIRES_MS });
  const stopped = Promise.withResolvers<undefined>();
  const stop = (): void => stopped.resolve(undefined);
  signal.addEventListener('abort', stop);
  const first = await Promise.race([next, stopped.promise]).finally(() => signal.removeEventListener('abort', stop));
  if (!signal.aborted) return first ?? undefined;
  next.then(
    (message) => message?.nak(),
    () => undefined, // the connection is closed
  );
  return undefined;
}

/** Waits for the first message, and takes with it what else is there already. */
async function fetchBatch(consumer: Consumer, size: number, signal: AbortSignal): Promise<JsMsg[]> {
  const first = await firstMessage(consumer, signal);
  if (!first) return [];
  const more = Math.min(size - 1, first.info.pending);
  if (more === 0) return [first];
  const rest: JsMsg[] = [];
  for await (const message of await consumer.fetch({ max_messages: more, expires: 1_000 })) rest.push(message);
  return [first, ...rest];
}

async function handleBatch<T>(nats: NatsConnection, logger: Logger, options: ConsumeOptions<T>, raw: readonly JsMsg[]): Promise<void> {
  const batch: { received: Received<T>; raw: JsMsg }[] = [];
  for (const message of raw) {
    try {
      batch.push({ received: decode(options.consumer.event, message), raw: message });
    } catch (error) {
      await fail(nats, logger, options, message, toAppError(error));
    }
  }
  if (batch.length === 0) return;
  const failures = await runHandler(
    options,
    batch.map(({ received }) => received),
    raw[0],
  );
  for (const { received, raw: message } of batch) {
    const error = failures instanceof AppError ? failures : failures?.get(received.id);
    if (error) await fail(nats, logger, options, message, error);
    else message.ack();
  }
}

async function runHandler<T>(
  options: ConsumeOptions<T>,
  batch: readonly Received<T>[],
  first: JsMsg | undefined,
): Promise<AppError | ReadonlyMap<string, AppError> | undefined> {
  try {
    const traceparent = first?.headers?.get('traceparent');
    return (
      (await inSpan(`consume ${options.consumer.event.subject}`, 'consumer', traceparent ? { traceparent } : {}, () =>
        options.handle(batch),
      )) ?? undefined
    );
  } catch (error) {
    return toAppError(error);
  }
}

function decode<T>(event: EventDef<T>, raw: JsMsg): Received<T> {
  const id = raw.headers?.get('Nats-Msg-Id') || `${raw.info.stream}:${raw.info.streamSequence}`;
  const type = raw.headers?.get('Sallyport-Type');
  // NATS lets a client name any subject for the replies to its own requests. Such a reply has the type of another subject, or none.
  if (type !== event.type)
    throw new MessageUnreadable(
      `Message ${id} on ${event.subject} says that it is ${type ? `a ${type}` : 'of no type'}, not a ${event.type}`,
      {
        id,
      },
    );
  try {
    return { message: event.codec.decode(raw.data), id, delivery: raw.info.deliveryCount };
  } catch (error) {
    throw new MessageUnreadable(`Message ${id} on ${event.subject} is not a ${event.type}`, { id }, { cause: error });
  }
}

async function fail<T>(nats: NatsConnection, logger: Logger, options: ConsumeOptions<T>, raw: JsMsg, error: AppError): Promise<void> {
  const delivery = raw.info.deliveryCount;
  const isFinal = error.kind === 'invalid' || (options.maxDeliveries > 0 && delivery >= options.maxDeliveries);
  logger[isFinal ? 'error' : logLevel(error.kind)](
    { err: error.kind === 'bug' ? error.cause : error, consumer: options.consumer.name, delivery, dead: isFinal },
    'message was not handled',
  );
  if (isFinal) {
    options.onDeadLetter?.(error);
    await publishDeadLetter(nats, raw, options.consumer.name, error);
  } else raw.nak(backOffMs(delivery - 1, 250, options.maxBackOffMs ?? 30_000));
}
