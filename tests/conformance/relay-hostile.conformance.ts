import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import {
  connectSsh,
  generatePrivateKey,
  selectCrypto,
  SshWriter,
  type Channel,
  type ClientOptions,
  type SshConnection,
} from '@sallyport/ssh';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HOST, RelaySetup } from './relay/relay-setup.ts';
import { spawnRelay, type RelayProcess } from './relay/spawn-relay.ts';
import { USER } from './server/account.ts';

const MIB = 1024 * 1024;
/** Memory that one hostile connection may use. */
const MAX_GROWTH = 8 * MIB;

let setup: RelaySetup;
let relay: RelayProcess;
const running: ChildProcess[] = [];
const connections: SshConnection[] = [];

beforeAll(async () => {
  setup = await RelaySetup.create();
  relay = await spawnRelay({ asset: setup.asset });
  await warmUp();
});
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
  for (const connection of connections.splice(0)) connection.disconnect();
});
afterAll(async () => {
  await relay.stop();
  await setup.close();
});

/** Generates traffic that loads the code, pools and buffers which any traffic needs, before memory is measured. */
const warmUp = async (): Promise<void> => {
  for (let round = 0; round < 2; round += 1) {
    await Promise.all([1, 2, 3].map(() => setup.ssh('relay', [HOST, 'cat'], { input: Buffer.alloc(12 * MIB) })));
    const { status } = await runThrough('cat', Buffer.alloc(12 * MIB));
    expect(status).toBe(0);
  }
};

const throughRelay = (): string[] => setup.options('relay', relay);

const runThrough = async (command: string, input: Buffer): Promise<{ status: number | null; bytes: number }> => {
  const child = spawn('ssh', [...throughRelay(), HOST, command], { stdio: ['pipe', 'pipe', 'ignore'] });
  let bytes = 0;
  child.stdout.on('data', (part: Buffer) => (bytes += part.length));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, bytes };
};

type Measure = 'rssBytes' | 'liveBytes';

/** Measures for `seconds` and returns the highest growth. */
const growthOver = async (seconds: number, measure: Measure, base: number): Promise<number> => {
  let highest = 0;
  for (let turn = 0; turn < seconds * 4; turn += 1) {
    await wait(250);
    highest = Math.max(highest, (await relay.measure())[measure] - base);
  }
  return highest;
};

const settledSize = async (measure: Measure): Promise<number> => {
  await wait(300);
  await relay.measure();
  return (await relay.measure())[measure];
};

/** Sends the same message as fast as the socket takes it, until the returned function is called. */
const floodWith = ({ transport }: SshConnection, message: Buffer): (() => void) => {
  const timer = setInterval(() => {
    for (let count = 0; count < 2000 && !transport.hasEnded && transport.room > 0; count += 1) transport.send(message);
  }, 5);
  return () => clearInterval(timer);
};

/** Encodes a channel request. Small requests cause more V8 garbage than bytes, so memory in use is measured while they arrive. */
const envRequest = (channel: Channel, wantsReply: boolean): Buffer =>
  new SshWriter(64)
    .writeByte(98)
    .writeUint32(channel.remoteNumber)
    .writeString('env')
    .writeBoolean(wantsReply)
    .writeString('A')
    .writeString('b')
    .finish();

const resizeRequest = (channel: Channel): Buffer =>
  new SshWriter(64)
    .writeByte(98)
    .writeUint32(channel.remoteNumber)
    .writeString('window-change')
    .writeBoolean(false)
    .writeUint32(80)
    .writeUint32(24)
    .writeUint32(0)
    .writeUint32(0)
    .finish();

const stopAsset = (): void => {
  spawnSync('pkill', ['-STOP', '-u', setup.sshd.logins[0].username]);
};
const resumeAsset = (): void => {
  spawnSync('pkill', ['-CONT', '-u', setup.sshd.logins[0].username]);
};

/** Connects a client of the engine that offers the peer almost unlimited windows. */
const unlimitedClient = async (): Promise<{ connection: SshConnection; socket: Socket }> => {
  const socket = connect(relay.port, HOST);
  await once(socket, 'connect');
  const options: ClientOptions = {
    crypto: selectCrypto(),
    user: USER,
    methods: [{ method: 'publickey', signer: await generatePrivateKey('ed25519') }],
    verifyHostKey: () => true,
    connectionLimits: { windowBytes: 0x7fffffff, firstWindowBytes: 0x7fffffff, creditBytes: 0x7fffffff, heldBytes: 2 ** 33 },
  };
  const connection = await connectSsh(socket, options);
  connections.push(connection);
  return { connection, socket };
};

const openCommand = async (connection: SshConnection, command: string): Promise<Channel> => {
  const channel = await connection.openChannel({ kind: 'session' }, { data: () => undefined });
  expect(await channel.request({ kind: 'exec', command: Buffer.from(command) })).toBe(true);
  return channel;
};

/** Encodes CHANNEL_DATA without regard to the window. */
const dataMessage = (channel: Channel, bytes: number): Buffer =>
  new SshWriter(bytes + 16).writeByte(94).writeUint32(channel.remoteNumber).writeString(Buffer.alloc(bytes)).finish();

describe('memory of the relay stays within 8 MiB', () => {
  it('while an asset does not read the endless input of a client', async () => {
    const base = await settledSize('rssBytes');
    running.push(spawn('sh', ['-c', `exec ssh ${throughRelay().join(' ')} ${HOST} 'sleep 100' < /dev/zero`], { stdio: 'ignore' }));
    expect(await growthOver(3, 'rssBytes', base)).toBeLessThanOrEqual(MAX_GROWTH);
  });

  it('while a client with a window of 2 GB does not read the endless output of an asset', async () => {
    const { connection } = await unlimitedClient();
    const base = await settledSize('rssBytes');
    await openCommand(connection, 'exec cat /dev/zero');
    connection.transport.holdInput();
    expect(await growthOver(3, 'rssBytes', base)).toBeLessThanOrEqual(MAX_GROWTH);
  });

  it('while a stopped OpenSSH client does not read', async () => {
    const base = await settledSize('rssBytes');
    const child = spawn('ssh', [...throughRelay(), HOST, 'exec cat /dev/zero'], { stdio: ['ignore', 'pipe', 'ignore'] });
    running.push(child);
    await once(child.stdout, 'readable');
    child.kill('SIGSTOP');
    expect(await growthOver(3, 'rssBytes', base)).toBeLessThanOrEqual(MAX_GROWTH);
  });

  it('while a client sends many requests and does not read the replies', async () => {
    const { connection } = await unlimitedClient();
    const channel = await openCommand(connection, 'sleep 100');
    const base = await settledSize('liveBytes');
    connection.transport.holdInput();
    const stopFlood = floodWith(connection, envRequest(channel, true));
    const growth = await growthOver(3, 'liveBytes', base);
    stopFlood();
    expect(growth).toBeLessThanOrEqual(MAX_GROWTH);
  });

  it.each<[string, (channel: Channel) => Buffer]>([
    ['requests', (channel) => envRequest(channel, false)],
    ['window changes, which overtake data', resizeRequest],
  ])('while a client sends endless %s to an asset whose login process is stopped', async (_title, make) => {
    const { connection } = await unlimitedClient();
    const channel = await openCommand(connection, 'sleep 100');
    const base = await settledSize('liveBytes');
    stopAsset();
    const stopFlood = floodWith(connection, make(channel));
    const growth = await growthOver(3, 'liveBytes', base);
    stopFlood();
    resumeAsset();
    expect(growth).toBeLessThanOrEqual(MAX_GROWTH);
    expect((await runThrough('cat', Buffer.alloc(1000))).bytes).toBe(1000);
  });
});

describe('a client that violates the protocol is disconnected, and others are served', () => {
  const endOf = async (connection: SshConnection): Promise<Error> => {
    let tell: (reason: Error) => void = () => undefined;
    const ended = new Promise<Error>((resolve) => (tell = resolve));
    connection.setHandler({ closed: (reason) => tell(reason) });
    return ended;
  };

  it('when it sends more than the window allows', async () => {
    const { connection } = await unlimitedClient();
    const channel = await openCommand(connection, 'sleep 100');
    const base = await settledSize('liveBytes');
    const ended = endOf(connection);
    const stopFlood = floodWith(connection, dataMessage(channel, 30_000));
    expect((await ended).message).toContain('window');
    stopFlood();
    expect((await settledSize('liveBytes')) - base).toBeLessThanOrEqual(MAX_GROWTH);
    expect((await runThrough('cat', Buffer.alloc(1000))).bytes).toBe(1000);
  });

  it('when it opens more channels than are allowed', async () => {
    const { connection } = await unlimitedClient();
    const opened = await Promise.allSettled(Array.from({ length: 64 }, () => connection.openChannel({ kind: 'session' }, {})));
    const open = new SshWriter(64).writeByte(90).writeString('session').writeUint32(1000).writeUint32(0).writeUint32(1000).finish();
    for (let count = 0; count < 500; count += 1) connection.transport.send(open);
    expect(opened.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(10);
    expect((await runThrough('cat', Buffer.alloc(1000))).bytes).toBe(1000);
  });

  it.each<[string, (channel: Channel) => Buffer]>([
    ['data for a channel that does not exist', () => new SshWriter(32).writeByte(94).writeUint32(4242).writeString('x').finish()],
    [
      'data with a false length',
      (channel) => new SshWriter(32).writeByte(94).writeUint32(channel.remoteNumber).writeUint32(0xffffffff).finish(),
    ],
    [
      'a window that overflows',
      (channel) => new SshWriter(32).writeByte(93).writeUint32(channel.remoteNumber).writeUint32(0xffffffff).finish(),
    ],
    ['a truncated request', (channel) => new SshWriter(32).writeByte(98).writeUint32(channel.remoteNumber).writeUint32(100).finish()],
  ])('when it sends %s', async (_title, make) => {
    const { connection } = await unlimitedClient();
    const channel = await openCommand(connection, 'sleep 100');
    const ended = endOf(connection);
    connection.transport.send(make(channel));
    expect((await ended).name).toBe('PeerDisconnected');
    expect((await runThrough('cat', Buffer.alloc(1000))).bytes).toBe(1000);
  });
});
