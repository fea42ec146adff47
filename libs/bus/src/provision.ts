import {
  AckPolicy,
  DiscardPolicy,
  jetstreamManager,
  JetStreamApiError,
  RetentionPolicy,
  StorageType,
  type ConsumerConfig,
  type JetStreamManager,
  type StreamConfig,
} from '@nats-io/jetstream';
import { nanos, type NatsConnection } from '@nats-io/nats-core';
import { createLogger, type Logger } from '@sallyport/telemetry';
import { BusConnection } from './connection.js';
import { ACK_WAIT_MS } from './consume.js';
import { consumerRegistry, type ConsumerDef } from './consumers.js';
import type { IdentityFiles } from './identity.js';
import { OPERATOR } from './services.js';
import { DEAD_PREFIX, DEAD_STREAM, STREAM, subjectsOf } from './streams.js';

/** Settings of provisioning. */
export interface ProvisionOptions {
  /** `nats://host:port`, comma separated. */
  readonly url: string;
  /** Certificate of the identity `nats-operator`. */
  readonly identity: IdentityFiles;
  readonly logger?: Logger;
  /** Replicas of each stream; 3 on a cluster. */
  readonly replicas?: number;
  /** Consumers to create; by default those of the services. */
  readonly consumers?: readonly Pick<ConsumerDef<unknown>, 'name' | 'event'>[];
  /** Longest wait for the server. */
  readonly timeoutMs?: number;
}

/** The error of provisioning names the problem already. */
const silent = createLogger({ service: 'provision', level: 'silent' });
const DAY_MS = 86_400_000;
const STREAM_NAME_IN_USE = 10_058;
const CONSUMER_NAME_IN_USE = 10_148;

/**
 * Creates the streams and consumers, or updates their settings; messages stay. Services may not do this, so it runs before their first start
 * and after every upgrade. Throws BusUnavailable.
 */
export async function provisionBus({
  replicas = 1,
  consumers = consumerRegistry,
  timeoutMs = 15_000,
  logger = silent,
  ...client
}: ProvisionOptions): Promise<void> {
  const connection = new BusConnection({ ...client, logger, service: OPERATOR });
  try {
    const nats = await connection.get(timeoutMs);
    await ensureStreams(nats, replicas);
    for (const consumer of consumers) await ensureConsumer(nats, consumer);
  } finally {
    await connection.close();
  }
}

async function ensureStreams(connection: NatsConnection, replicas: number): Promise<void> {
  const manager = await jetstreamManager(connection);
  for (const config of streamConfigs(replicas)) await ensureStream(manager, config);
}

/** Returns the settings of every stream. */
export function streamConfigs(replicas: number): (Partial<StreamConfig> & { name: string; subjects: string[] })[] {
  const common = { storage: StorageType.File, discard: DiscardPolicy.Old, num_replicas: replicas };
  const dedupe = { duplicate_window: nanos(10 * 60_000) };
  return [
    { ...common, ...dedupe, name: STREAM.facts, subjects: subjectsOf('facts'), max_age: nanos(7 * DAY_MS) },
    { ...common, ...dedupe, name: STREAM.work, subjects: subjectsOf('work'), retention: RetentionPolicy.Workqueue },
    { ...common, name: DEAD_STREAM, subjects: [`${DEAD_PREFIX}>`], max_age: nanos(30 * DAY_MS) },
  ];
}

async function ensureStream(manager: JetStreamManager, config: Partial<StreamConfig> & { name: string }): Promise<void> {
  const { retention: _fixed, storage: _too, ...changeable } = config;
  await addOrUpdate(
    STREAM_NAME_IN_USE,
    () => manager.streams.add(config),
    () => manager.streams.update(config.name, changeable),
  );
}

/** Creates a consumer, or updates its settings; its position stays. */
async function ensureConsumer(connection: NatsConnection, { name, event }: Pick<ConsumerDef<unknown>, 'name' | 'event'>): Promise<void> {
  const manager = await jetstreamManager(connection);
  const changeable = consumerConfig(event.subject);
  await addOrUpdate(
    CONSUMER_NAME_IN_USE,
    () => manager.consumers.add(STREAM[event.stream], { ...changeable, durable_name: name, ack_policy: AckPolicy.Explicit }),
    () => manager.consumers.update(STREAM[event.stream], name, changeable),
  );
}

/** Returns the settings of a consumer that an upgrade may change. */
export const consumerConfig = (subject: string): Partial<ConsumerConfig> => ({
  filter_subject: subject,
  ack_wait: nanos(ACK_WAIT_MS),
  max_ack_pending: 10_000,
});

async function addOrUpdate(nameInUse: number, add: () => Promise<unknown>, update: () => Promise<unknown>): Promise<void> {
  try {
    await add();
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code !== nameInUse) throw error;
    await update();
  }
}
