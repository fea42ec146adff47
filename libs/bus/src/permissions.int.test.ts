import { copyFile, mkdir } from 'node:fs/promises';
import { connect as connectTcp } from 'node:net';
import { AckPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { errors, headers, nanos, type NatsConnection } from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';
import { makeMeshCertificates, startNats } from '@sallyport/backing';
import { CommandRecorded } from '@sallyport/proto-gen/command/v1/command_event';
import { SessionEnded } from '@sallyport/proto-gen/session/v1/session_event';
import { ConnectivityTestRequested } from '@sallyport/proto-gen/task/v1/tasks';
import { createLogger } from '@sallyport/telemetry';
import { aNats, workFolder, type TestNats, type WorkFolder } from '@sallyport/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectBus, type Bus } from './bus.js';
import { consumerRegistry, indexerCommands, recorderSessionEnded, workerConnectivity } from './consumers.js';
import { commandRecorded, connectivityTestRequested, eventRegistry, sessionEnded } from './events.js';
import { clientOptions } from './identity.js';
import { authorizationConf } from './permissions.js';
import { provisionBus } from './provision.js';
import { SERVICES, type ServiceName } from './services.js';
import { DEAD_STREAM, deadSubject, STREAM } from './streams.js';

const log: string[] = [];
const logger = createLogger({ service: 'bus-test', level: 'info', destination: { write: (line) => void log.push(line) } });
const STREAMS = [STREAM.facts, STREAM.work, DEAD_STREAM];

let folder: WorkFolder;
let nats: TestNats;
const open: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  folder = await workFolder('permissions');
  nats = await aNats();
});
beforeEach(() => void log.splice(0));
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});
afterAll(async () => {
  await nats.remove();
  await folder.remove();
});

const bus = (service: Parameters<TestNats['as']>[0]): Bus => {
  const made = connectBus({ ...nats.as(service), logger });
  open.push(made);
  return made;
};

/** Connects as an attacker with the certificate of a service does, without the product's own code. */
async function thief(service: Parameters<TestNats['as']>[0]): Promise<NatsConnection> {
  const connection = await connect(clientOptions(nats.as(service)));
  open.push(connection);
  return connection;
}

/** Returns the subjects that the server denied while `act` ran. */
async function denied(connection: NatsConnection, act: () => void): Promise<Set<string>> {
  const subjects = new Set<string>();
  const watch = (async () => {
    for await (const status of connection.status())
      if (status.type === 'error' && status.error instanceof errors.PermissionViolationError) subjects.add(status.error.subject);
  })();
  act();
  await connection.flush();
  await connection.close();
  await watch;
  return subjects;
}

/** Every subject by which a stream, a consumer or a stored message can be read or changed. */
const streamApi = STREAMS.flatMap((stream) => [
  ...['CREATE', 'UPDATE', 'DELETE', 'PURGE', 'INFO', 'MSG.GET', 'MSG.DELETE', 'SNAPSHOT', 'RESTORE', 'PEER.REMOVE', 'LEADER.STEPDOWN'].map(
    (verb) => `$JS.API.STREAM.${verb}.${stream}`,
  ),
  `$JS.API.DIRECT.GET.${stream}`,
  ...eventRegistry.map(({ subject }) => `$JS.API.DIRECT.GET.${stream}.${subject}`),
  ...['CREATE', 'LIST', 'NAMES'].map((verb) => `$JS.API.CONSUMER.${verb}.${stream}`),
  ...['own', ...consumerRegistry.map(({ name }) => name)].flatMap((name) => [
    ...['CREATE', 'DURABLE.CREATE', 'DELETE', 'INFO', 'MSG.NEXT', 'PAUSE', 'UNPIN', 'LEADER.STEPDOWN'].map(
      (verb) => `$JS.API.CONSUMER.${verb}.${stream}.${name}`,
    ),
    ...eventRegistry.map(({ subject }) => `$JS.API.CONSUMER.CREATE.${stream}.${name}.${subject}`),
    `$JS.ACK.${stream}.${name}.1.1.1.1.1`,
    `$JS.ACK._.hash.${stream}.${name}.1.1.1.1.1.token`,
  ]),
]);
const otherApi = ['INFO', 'STREAM.NAMES', 'STREAM.LIST', 'STREAM.CREATE.OWN', 'SERVER.REMOVE', 'ACCOUNT.PURGE.$G', 'META.LEADER.STEPDOWN'];
const subjects = [
  ...eventRegistry.map(({ subject }) => subject),
  ...eventRegistry.map(({ subject }) => deadSubject(subject)),
  'sallyport.command.other.v1',
  'sallyport.control.gateway.gw-1',
  'sallyport.control.gateway',
  'sallyport.control.other.gw-1',
  ...streamApi,
  ...otherApi.map((verb) => `$JS.API.${verb}`),
  '$SYS.REQ.SERVER.PING',
  '$SYS.REQ.ACCOUNT.$G.CONNZ',
  '$SRV.PING',
  '$KV.any.key',
  ...SERVICES.map((service) => `_INBOX_${service}.reply`),
  '_INBOX.reply',
  'other',
];

const own = (stream: string, name: string): string[] => [
  `$JS.API.CONSUMER.INFO.${stream}.${name}`,
  `$JS.API.CONSUMER.MSG.NEXT.${stream}.${name}`,
  `$JS.ACK.${stream}.${name}.1.1.1.1.1`,
];
/** Written out here a second time, by hand: a change of the permissions is to be a decision. */
const MAY_PUBLISH: Record<ServiceName, string[]> = {
  core: [
    'sallyport.session.started.v1',
    'sallyport.session.ended.v1',
    'sallyport.work.connectivity-test.v1',
    'sallyport.control.gateway.gw-1',
    'sallyport.dead.session.recording-altered.v1',
    ...own('SALLYPORT_EVENTS', 'core-recording-altered'),
  ],
  gateway: [],
  recorder: [
    'sallyport.command.recorded.v1',
    'sallyport.session.recording-altered.v1',
    'sallyport.dead.session.ended.v1',
    ...own('SALLYPORT_EVENTS', 'recorder-session-ended'),
  ],
  indexer: ['sallyport.dead.command.recorded.v1', ...own('SALLYPORT_EVENTS', 'indexer-commands')],
  worker: ['sallyport.dead.work.connectivity-test.v1', ...own('SALLYPORT_WORK', 'worker-connectivity')],
};
const MAY_SUBSCRIBE: Record<ServiceName, string[]> = {
  core: ['_INBOX_core.reply'],
  gateway: ['sallyport.control.gateway.gw-1', 'sallyport.control.gateway.*'],
  recorder: ['_INBOX_recorder.reply'],
  indexer: ['_INBOX_indexer.reply'],
  worker: ['_INBOX_worker.reply'],
};
const WIDE = [
  '>',
  'sallyport.>',
  'sallyport.*.*.v1',
  'sallyport.control.>',
  'sallyport.control.gateway.*',
  '_INBOX.>',
  '*.>',
  '$JS.>',
  '$SYS.>',
];

describe.each(SERVICES)('a thief of the certificate of the %s', (service) => {
  it('may publish what the service publishes, and nothing else', async () => {
    const connection = await thief(service);
    const refused = await denied(connection, () => subjects.forEach((subject) => connection.publish(subject)));
    expect(subjects.filter((subject) => !refused.has(subject)).sort()).toEqual([...MAY_PUBLISH[service]].sort());
  });

  it('may listen to what the service listens to, and nothing else', async () => {
    const connection = await thief(service);
    const all = [...subjects, ...WIDE];
    const refused = await denied(connection, () => all.forEach((subject) => void connection.subscribe(subject, { callback: () => {} })));
    expect(all.filter((subject) => !refused.has(subject)).sort()).toEqual([...MAY_SUBSCRIBE[service]].sort());
  });

  it('can not read, delete, purge or change a stream, nor take or add a consumer', async () => {
    const connection = await thief(service);
    const manager = await jetstreamManager(connection, { checkAPI: false, timeout: 500 });
    const before = await countMessages();
    for (const stream of STREAMS) {
      await expect(manager.streams.purge(stream)).rejects.toThrow();
      await expect(manager.streams.delete(stream)).rejects.toThrow();
      await expect(manager.streams.update(stream, { max_msgs: 1 })).rejects.toThrow();
      await expect(manager.streams.getMessage(stream, { seq: 1 })).rejects.toThrow();
      await expect(manager.streams.deleteMessage(stream, 1)).rejects.toThrow();
      await expect(manager.consumers.add(stream, { durable_name: 'own', deliver_subject: `_INBOX_${service}.all` })).rejects.toThrow();
    }
    for (const { name, event } of consumerRegistry) {
      await expect(manager.consumers.delete(STREAM[event.stream], name)).rejects.toThrow();
      if (consumerRegistry.every((each) => each.name !== name || each.service !== service)) {
        const taken = jetstream(connection, { checkAPI: false, timeout: 500 }).consumers.get(STREAM[event.stream], name);
        await expect(taken).rejects.toThrow();
      }
    }
    expect(await countMessages()).toEqual(before);
  });
});

async function countMessages(): Promise<number[]> {
  const operator = await thief('nats-operator');
  const manager = await jetstreamManager(operator);
  return Promise.all(STREAMS.map(async (stream) => (await manager.streams.info(stream)).state.messages));
}

describe('a reply subject, which NATS does not check against the permissions,', () => {
  const order = vi.fn();

  it('can not turn a fetched message or an acknowledgement into an order to end a session', async () => {
    bus('gateway').subscribeTerminate('gw-1', order);
    await bus('core').publish(connectivityTestRequested, ConnectivityTestRequested.fromPartial({ taskId: 'a session' }), { id: 'w-1' });
    const worker = await thief('worker');
    const next = `$JS.API.CONSUMER.MSG.NEXT.${STREAM.work}.${workerConnectivity.name}`;
    await vi.waitFor(() => {
      worker.publish(next, JSON.stringify({ batch: 1 }), { reply: 'sallyport.control.gateway.gw-1' });
      worker.publish(deadSubject(connectivityTestRequested.subject), '', { reply: 'sallyport.control.gateway.gw-1' });
      const dropped = log.filter((line) => line.includes('was dropped'));
      expect(dropped.length).toBeGreaterThan(1);
    }, 5_000);
    expect(order).not.toHaveBeenCalled();
  });

  it('can not turn a message into an event of another type: it becomes a dead letter, and is counted', async () => {
    const seen: CommandRecorded[] = [];
    const dead: string[] = [];
    const consuming = bus('indexer').consume({
      consumer: indexerCommands,
      batchSize: 1,
      maxDeliveries: 0,
      onDeadLetter: ({ code }) => dead.push(code),
      handle: async (batch) => void seen.push(...batch.map(({ message }) => message)),
    });
    const facts = { sessionId: 'forged' };
    await bus('core').publish(sessionEnded, SessionEnded.fromPartial(facts), { id: 's-1' });
    const recorder = await thief('recorder');
    const next = `$JS.API.CONSUMER.MSG.NEXT.${STREAM.facts}.${recorderSessionEnded.name}`;
    await vi.waitFor(() => {
      recorder.publish(next, JSON.stringify({ batch: 10 }), { reply: commandRecorded.subject });
      expect(dead).toContain('MESSAGE_UNREADABLE');
    }, 5_000);
    expect(seen).toEqual([]);
    await consuming.stop();
  });
});

describe('NATS refuses', () => {
  it('a client without a certificate, with an old token, or without TLS', async () => {
    const { tls: _identity, ...plain } = clientOptions(nats.as('core'));
    const tls = { caFile: nats.mesh.core.caFile, servername: 'nats' };
    const once = { reconnect: false, maxReconnectAttempts: 0, timeout: 3_000 };
    await expect(connect({ ...plain, ...once, tls })).rejects.toThrow();
    await expect(connect({ ...plain, ...once, token: 'the token of an old installation', tls })).rejects.toThrow();
    const answer = await new Promise<string>((resolve) => {
      let text = '';
      const socket = connectTcp(nats.port, '127.0.0.1');
      socket.on('data', (bytes: Buffer) => (text += bytes.toString())).on('error', () => undefined);
      socket.on('close', () => resolve(text));
      socket.write(
        'CONNECT {"verbose":true,"auth_token":"the token of an old installation"}\r\nPUB sallyport.control.gateway.gw-1 0\r\n\r\nPING\r\n',
      );
    });
    expect(answer).not.toMatch(/PONG|\+OK/);
  });

  it('a certificate of another authority with the name of a service', async () => {
    const strangers = await makeMeshCertificates(`${folder.path}/strangers`, ['core']);
    const identity = { ...strangers.core, caFile: nats.mesh.core.caFile };
    const made = connectBus({ ...nats.as('core'), identity, logger });
    open.push(made);
    // The client reports the refusal as a timeout, after which the bus asks for the reason.
    await vi.waitFor(() => expect(made.problem()).toMatch(/NATS refused the identity of core: .*ca_file/), 20_000);
    await expect(made.ready(1)).rejects.toMatchObject({ code: 'BUS_UNAVAILABLE' });
  });

  it('a certificate of the mesh that is not of a service, with the remedy in the error', async () => {
    const made = connectBus({ ...nats.as('nats'), logger });
    open.push(made);
    await expect(made.ready(1_500)).rejects.toThrow(/NATS refused the identity of nats: the server has no user "nats"; check/);
  });

  it('a service at its start if a file of its identity is missing or of another service, and the error names it', () => {
    const { core, worker } = nats.mesh;
    const start = (identity: typeof core) => () => connectBus({ ...nats.as('core'), identity, logger });
    expect(start({ ...core, certFile: '/missing.crt' })).toThrow('RPC_CERT_FILE: cannot read "/missing.crt"');
    expect(start({ ...core, keyFile: '/missing.key' })).toThrow('RPC_KEY_FILE: cannot read "/missing.key"');
    expect(start({ ...core, caFile: '/missing.ca' })).toThrow('RPC_CA_FILE: cannot read "/missing.ca"');
    expect(start(worker)).toThrow(/is for worker, localhost, but NATS knows this service as "core"/);
  });

  it('to be impersonated: a service does not talk to a server that has the certificate of another service', async () => {
    const mesh = `${folder.path}/impostor`;
    const real = await makeMeshCertificates(mesh, ['core', 'worker', 'nats']);
    await mkdir(`${mesh}/bait`);
    await copyFile(real.core.caFile, `${mesh}/bait/ca.crt`);
    await copyFile(real.worker.certFile, `${mesh}/bait/nats.crt`);
    await copyFile(real.worker.keyFile, `${mesh}/bait/nats.key`);
    const bait = { caFile: `${mesh}/bait/ca.crt`, certFile: `${mesh}/bait/nats.crt`, keyFile: `${mesh}/bait/nats.key` };
    const impostor = await startNats({ directory: `${mesh}/server`, isDurable: false, access: { identity: bait, authorization: '' } });
    const made = connectBus({ url: impostor.url, service: 'core', identity: real.core, logger });
    open.push(made);
    await expect(made.ready(1_500)).rejects.toThrow(/the certificate of the NATS server does not have the DNS name "nats"/);
    await made.close();
    await impostor.stop();
    const plain = await startNats({ directory: `${mesh}/plain`, isDurable: false });
    const other = connectBus({ url: plain.url, service: 'core', identity: real.core, logger });
    open.push(other);
    await expect(other.ready(1_500)).rejects.toThrow(/does not offer TLS/);
    await other.close();
    await plain.stop();
  });
});

describe('provisioning', () => {
  it('may run again, and keeps messages and positions', async () => {
    const before = await countMessages();
    await provisionBus({ url: nats.url, identity: nats.mesh['nats-operator'], logger });
    expect(await countMessages()).toEqual(before);
  });

  it('takes over the data of an installation without certificates: streams, consumers and waiting messages', async () => {
    const directory = `${folder.path}/old`;
    const old = await startNats({ directory, isDurable: false });
    const connection = await connect({ servers: old.url });
    const manager = await jetstreamManager(connection);
    // As the services created them before there was provisioning.
    await manager.streams.add({
      name: STREAM.facts,
      subjects: ['sallyport.command.*.v1', 'sallyport.session.*.v1'],
      max_age: nanos(3_600_000),
    });
    const durable = { durable_name: recorderSessionEnded.name, filter_subject: sessionEnded.subject, ack_policy: AckPolicy.Explicit };
    await manager.consumers.add(STREAM.facts, { ...durable, ack_wait: nanos(7_000), max_ack_pending: 10 });
    const head = headers();
    head.set('Sallyport-Type', sessionEnded.type);
    const bytes = SessionEnded.encode(SessionEnded.fromPartial({ sessionId: 'waiting' })).finish();
    await jetstream(connection).publish(sessionEnded.subject, bytes, { msgID: 'waiting', headers: head });
    await connection.close();
    await old.stop();
    const access = { identity: nats.mesh.nats, authorization: authorizationConf() };
    const now = await startNats({ directory, isDurable: false, port: old.port, access });
    await provisionBus({ url: now.url, identity: nats.mesh['nats-operator'] });
    const seen: string[] = [];
    const recorder = connectBus({ ...nats.as('recorder'), url: now.url, logger });
    const consuming = recorder.consume({
      consumer: recorderSessionEnded,
      batchSize: 1,
      maxDeliveries: 0,
      handle: async (batch) => void seen.push(...batch.map(({ message }) => message.sessionId)),
    });
    await vi.waitFor(() => expect(seen).toEqual(['waiting']), 5_000);
    await Promise.all([consuming.stop(), recorder.close()]);
    await now.stop();
  });

  it('is named by services that came before it', async () => {
    const operator = await thief('nats-operator');
    await (await jetstreamManager(operator)).streams.delete(STREAM.facts);
    const failing = bus('core').publish(sessionEnded, SessionEnded.fromPartial({ sessionId: 's' }), { id: 'early' });
    await expect(failing).rejects.toThrow(/run "sallyport nats provision"/);
    const consuming = bus('recorder').consume({ consumer: recorderSessionEnded, batchSize: 1, maxDeliveries: 1, handle: async () => {} });
    await vi.waitFor(
      () => expect(log.join('')).toMatch(/NATS does not have the consumer recorder-session-ended.*sallyport nats provision/),
      8_000,
    );
    await consuming.stop();
    await provisionBus({ url: nats.url, identity: nats.mesh['nats-operator'], logger });
  });
});
