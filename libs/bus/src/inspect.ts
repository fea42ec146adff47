import { jetstreamManager, JetStreamApiError, type ConsumerInfo, type JetStreamManager, type StreamInfo } from '@nats-io/jetstream';
import { createLogger } from '@sallyport/telemetry';
import { BusConnection } from './connection.js';
import { consumerRegistry } from './consumers.js';
import type { Client } from './identity.js';
import { consumerConfig, streamConfigs } from './provision.js';
import { OPERATOR } from './services.js';
import { STREAM } from './streams.js';

/** A stream or consumer, as the server has it. */
export interface BusPart {
  readonly name: string;
  /** Absent: it does not exist. */
  readonly state?: {
    /** Names of settings that are not those of this release. */
    readonly differences: readonly string[];
    /** Stored messages of a stream; those that a consumer has not received or not acknowledged yet. */
    readonly messages: number;
    readonly replicas: number;
    /** Replicas that are away or behind. */
    readonly replicasAway: number;
  };
  /** The reason why its state is not known. */
  readonly problem?: string;
}

/** State of NATS, as far as one identity may see it. */
export interface BusReport {
  readonly version: string;
  /** Time of the server, in milliseconds since 1970; undefined if the server sent none. */
  readonly serverTime: number | undefined;
  /** Empty unless the identity is the operator's. */
  readonly streams: readonly BusPart[];
  /** Its own consumers; those of all services for the operator. */
  readonly consumers: readonly BusPart[];
}

/** Longest wait for one answer of the API. */
const ANSWER_MS = 1_500;
const silent = createLogger({ service: 'inspect', level: 'silent' });

/** Reads the state of the streams and consumers that an identity may see. Changes nothing. Throws BusUnavailable, which names a refusal or an old server. */
export async function inspectBus(client: Client, connectMs: number): Promise<BusReport> {
  const connection = new BusConnection({ ...client, name: `${client.service}-inspection`, logger: silent });
  try {
    const nats = await connection.get(connectMs);
    const manager = await jetstreamManager(nats, { checkAPI: false, timeout: ANSWER_MS });
    const isOperator = client.service === OPERATOR;
    const times: number[] = [];
    const [streams, consumers] = await Promise.all([
      Promise.all(isOperator ? streamConfigs(1).map((wanted) => streamPart(manager, wanted, times)) : []),
      Promise.all(
        consumerRegistry
          .filter(({ service }) => isOperator || service === client.service)
          .map(({ name, event }) => consumerPart(manager, { name, stream: STREAM[event.stream], subject: event.subject }, times)),
      ),
    ]);
    return { version: nats.info?.version ?? '', serverTime: times.at(-1), streams, consumers };
  } finally {
    await connection.close();
  }
}

function streamPart(manager: JetStreamManager, wanted: ReturnType<typeof streamConfigs>[number], times: number[]): Promise<BusPart> {
  const { num_replicas: _chosenByOperator, ...fixed } = wanted;
  return part(
    wanted.name,
    times,
    () => manager.streams.info(wanted.name),
    (info) => ({
      differences: differences(fixed, info.config),
      messages: info.state.messages,
      ...replicas(info, info.config.num_replicas),
    }),
  );
}

function consumerPart(
  manager: JetStreamManager,
  { name, stream, subject }: { name: string; stream: string; subject: string },
  times: number[],
): Promise<BusPart> {
  return part(
    name,
    times,
    () => manager.consumers.info(stream, name),
    (info) => ({
      differences: differences(consumerConfig(subject), info.config),
      messages: info.num_pending + info.num_ack_pending,
      ...replicas(info, 1),
    }),
  );
}

/** The API's answers to a question about something that does not exist. */
const NOT_FOUND = [10_059, 10_014];

async function part<Info extends StreamInfo | ConsumerInfo>(
  name: string,
  times: number[],
  ask: () => Promise<Info>,
  state: (info: Info) => NonNullable<BusPart['state']>,
): Promise<BusPart> {
  try {
    const info = await ask();
    const time = Date.parse((info as { ts?: string }).ts ?? '');
    if (!Number.isNaN(time)) times.push(time);
    return { name, state: state(info) };
  } catch (error) {
    if (error instanceof JetStreamApiError && NOT_FOUND.includes(error.code)) return { name };
    return { name, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Returns the names of wanted settings whose value is another one. */
function differences(wanted: object, found: object): string[] {
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  return Object.entries(wanted)
    .filter(([name, value]) => !same(value, (found as Record<string, unknown>)[name]))
    .map(([name]) => name);
}

function replicas({ cluster }: StreamInfo | ConsumerInfo, wanted: number): { replicas: number; replicasAway: number } {
  const followers = cluster?.replicas ?? [];
  const working = followers.filter(({ current, offline }) => current && offline !== true).length + 1;
  return { replicas: followers.length + 1, replicasAway: Math.max(wanted, followers.length + 1) - working };
}
