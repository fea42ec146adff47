import {
  DiscardPolicy,
  jetstreamManager,
  JetStreamApiError,
  RetentionPolicy,
  StorageType,
  type JetStreamManager,
  type StreamConfig,
} from '@nats-io/jetstream';
import { nanos, type NatsConnection } from '@nats-io/nats-core';
import { eventRegistry, type StreamKind } from './events.js';

/** Stream of each kind. */
export const STREAM = { facts: 'SALLYPORT_EVENTS', work: 'SALLYPORT_WORK' } as const satisfies Record<StreamKind, string>;
/** Stream of the messages that failed for good. */
export const DEAD_STREAM = 'SALLYPORT_DEAD';
/** Subject prefix of dead letters. */
export const DEAD_PREFIX = 'sallyport.dead.';

const DAY_MS = 86_400_000;
const STREAM_NAME_IN_USE = 10_058;

/** Creates the streams or updates their settings. Every service may call it at every connection. */
export async function ensureStreams(connection: NatsConnection, replicas: number): Promise<void> {
  const manager = await jetstreamManager(connection);
  const common = { storage: StorageType.File, discard: DiscardPolicy.Old, num_replicas: replicas };
  const dedupe = { duplicate_window: nanos(10 * 60_000) };
  await ensure(manager, { ...common, ...dedupe, name: STREAM.facts, subjects: subjectsOf('facts'), max_age: nanos(7 * DAY_MS) });
  await ensure(manager, { ...common, ...dedupe, name: STREAM.work, subjects: subjectsOf('work'), retention: RetentionPolicy.Workqueue });
  await ensure(manager, { ...common, name: DEAD_STREAM, subjects: [`${DEAD_PREFIX}>`], max_age: nanos(30 * DAY_MS) });
}

/** Returns one wildcard per domain, e.g. `sallyport.session.*.v1`. */
function subjectsOf(kind: StreamKind): string[] {
  const domains = eventRegistry.filter((event) => event.stream === kind).map((event) => event.subject.split('.')[1]);
  return [...new Set(domains)].map((domain) => `sallyport.${domain}.*.v1`);
}

async function ensure(manager: JetStreamManager, config: Partial<StreamConfig> & { name: string }): Promise<void> {
  try {
    await manager.streams.add(config);
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code !== STREAM_NAME_IN_USE) throw error;
    const { retention: _fixed, storage: _too, ...changeable } = config;
    await manager.streams.update(config.name, changeable);
  }
}
