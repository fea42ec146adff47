import { createHash, randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { Channel } from '../connection/channel.js';
import type { ChannelHandler } from '../connection/channel-handler.js';
import { endlessOutput } from '../connection/endless-output.suite.js';
import { clientOptions, login, PASSWORD, sha256, startServer, type TestServer } from '../connection/loopback.suite.js';
import type { SshConnection } from '../connection/ssh-connection.js';
import { deferred } from '../transport/deferred.suite.js';
import { Message } from '../transport/message.js';
import { channelRequest, openSession, RawPeer } from '../transport/raw-peer.suite.js';
import { startGateway, type TestGateway } from './gateway.suite.js';
import type { RelayOptions } from './relay.js';
import { usedBytes } from '../connection/memory-in-use.suite.js';
import { ping, untilStill } from '../connection/ping.suite.js';

const MIB = 1024 * 1024;
const SESSION = { kind: 'session' } as const;

let target: TestServer;
let gateway: TestGateway;
const connections: SshConnection[] = [];
let raw: RawPeer | undefined;

afterEach(async () => {
  raw?.socket.destroy();
  for (const connection of connections.splice(0)) connection.disconnect();
  await gateway.close();
  await target.close();
});

interface Setup {
  readonly relay?: () => RelayOptions;
  readonly clientCiphers?: readonly ('aes128-gcm@openssh.com' | 'aes256-ctr')[];
  readonly targetCiphers?: readonly ('aes128-gcm@openssh.com' | 'aes256-ctr')[];
}

const offer = (ciphers: Setup['clientCiphers']) => ({
  offer: {
    kex: ['curve25519-sha256' as const],
    hostKey: ['ssh-ed25519'],
    ciphers: ciphers ?? ['aes128-gcm@openssh.com' as const],
    macs: ['hmac-sha2-256-etm@openssh.com' as const],
  },
});

/** Starts a target whose session handlers `make` returns, and a gateway in front of it. */
const setUp = async (make: (channel: () => Channel) => ChannelHandler, setup: Setup = {}): Promise<void> => {
  target = await startServer({
    loggedIn: () => ({
      channelOpen: (incoming) => {
        let channel: Channel | undefined = undefined;
        channel = incoming.accept(make(() => channel!));
      },
    }),
  });
  gateway = await startGateway({
    target: { ...clientOptions, port: target.port, ...offer(setup.targetCiphers) },
    ...(setup.relay !== undefined && { relay: setup.relay }),
  });
};

const connectClient = async (setup: Setup = {}): Promise<SshConnection> => {
  const connection = await login(gateway.port, offer(setup.clientCiphers));
  connections.push(connection);
  return connection;
};

const pumpAll = (channel: Channel, handler: ChannelHandler, bytes: Buffer, then: () => void): void => {
  let rest = bytes;
  const go = (): void => {
    if (rest.length === 0) return;
    rest = rest.subarray(channel.send(rest));
    if (rest.length === 0) then();
  };
  handler.writable = go;
  go();
};

/** Echoes all data, and keeps the bytes that the window does not allow yet. */
const echo = (channel: () => Channel): ChannelHandler => {
  const waiting: Buffer[] = [];
  let isEnded = false;
  const go = (): void => {
    while (waiting.length > 0) {
      const sent = channel().send(waiting[0]!);
      channel().consume(sent);
      if (sent < waiting[0]!.length) {
        waiting[0] = waiting[0]!.subarray(sent);
        return;
      }
      waiting.shift();
    }
    if (!isEnded) return;
    channel().notify({ kind: 'exit-status', status: 0 });
    channel().sendEof();
    channel().close();
  };
  return {
    request: () => true,
    data: (bytes) => {
      waiting.push(Buffer.from(bytes));
      go();
    },
    writable: go,
    eof: () => {
      isEnded = true;
      go();
    },
  };
};

/** Sends `input` through the gateway to an echoing target and returns the bytes that came back. */
const roundTrip = async (input: Buffer, setup: Setup = {}): Promise<Buffer> => {
  await setUp(echo, setup);
  const client = await connectClient(setup);
  const parts: Buffer[] = [];
  const closed = deferred();
  let channel: Channel | undefined = undefined;
  const handler: ChannelHandler = {
    data: (bytes) => {
      parts.push(Buffer.from(bytes));
      channel!.consume(bytes.length);
    },
    request: () => true,
    closed: () => closed.resolve(),
  };
  channel = await client.openChannel(SESSION, handler);
  expect(await channel.request({ kind: 'exec', command: Buffer.from('echo') })).toBe(true);
  pumpAll(channel, handler, input, () => channel.sendEof());
  await closed.promise;
  return Buffer.concat(parts);
};

describe('the two paths of a relay', () => {
  const input = randomBytes(12_000_000);

  it.each<[string, Setup]>([
    ['the same packet layout on both sides', {}],
    ['copied, different packet layouts', { clientCiphers: ['aes256-ctr'] }],
    ['copied, different packet layouts the other way round', { targetCiphers: ['aes256-ctr'] }],
    [
      'copied, through filters that pass everything',
      {
        relay: () => ({
          filters: {
            input: { data: (bytes, _stream, output) => output.pass(bytes) },
            output: { data: (bytes, _stream, output) => output.pass(bytes) },
          },
        }),
      },
    ],
    [
      'through filters that wait',
      {
        relay: () => ({
          filters: {
            input: {
              data: async (bytes, _stream, output) => {
                const copy = Buffer.from(bytes);
                await Promise.resolve();
                output.pass(copy);
              },
            },
          },
        }),
      },
    ],
  ])('deliver the same bytes: %s', async (_name, setup) => {
    expect(sha256(await roundTrip(input, setup))).toBe(sha256(input));
    expect([gateway.relays[0]!.bytes('input'), gateway.relays[0]!.bytes('output')]).toEqual([input.length, input.length]);
  });

  it('encrypt most packets in place only if both sides have the same packet layout', async () => {
    await roundTrip(input);
    expect(gateway.relays[0]!.inPlaceBytes('input')).toBeGreaterThan(input.length / 2);
    const { length } = gateway.relays;
    await gateway.close();
    await target.close();
    await roundTrip(input, { clientCiphers: ['aes256-ctr'] });
    expect([length, gateway.relays[0]!.inPlaceBytes('input')]).toEqual([1, 0]);
  });

  it('show the taps every decrypted byte of both directions', async () => {
    const seen = { input: createHash('sha256'), output: createHash('sha256') };
    await roundTrip(input, { relay: () => ({ taps: [{ data: (direction, bytes) => seen[direction].update(bytes) }] }) });
    expect([seen.input.digest('hex'), seen.output.digest('hex')]).toEqual([sha256(input), sha256(input)]);
  });

  it('lose nothing while all four ends rekey', async () => {
    const timer = setInterval(() => {
      for (const { transport } of [...gateway.clients, ...gateway.targets]) transport.rekey();
    }, 5);
    expect(sha256(await roundTrip(input))).toBe(sha256(input));
    clearInterval(timer);
    expect(gateway.targets[0]!.transport.keyExchanges).toBeGreaterThan(2);
  });
});

describe('a relay', () => {
  it('delivers everything that the target sent to a slow client: stderr, status, EOF', async () => {
    const errors = Buffer.alloc(5_000_000, 'stderr ');
    await setUp((channel) => {
      const handler: ChannelHandler = {
        request: () => {
          let rest = errors;
          const go = (): void => {
            if (rest.length === 0) return;
            rest = rest.subarray(channel().send(rest, 1));
            if (rest.length > 0) return;
            channel().notify({ kind: 'exit-status', status: 3 });
            channel().sendEof();
            channel().close();
          };
          handler.writable = go;
          go();
          return true;
        },
      };
      return handler;
    });
    const client = await connectClient();
    const seen: unknown[] = [];
    let size = 0;
    const closed = deferred();
    const channel: Channel = await client.openChannel(
      SESSION,
      {
        data: (bytes, stream) => {
          expect(stream).toBe(1);
          size += bytes.length;
          const count = bytes.length;
          setTimeout(() => channel.consume(count), 2);
        },
        request: ({ details }) => seen.push(details) > 0,
        eof: () => seen.push('eof'),
        closed: () => closed.resolve(),
      },
      256 * 1024,
    );
    await channel.request({ kind: 'shell' });
    await closed.promise;
    expect(size).toBe(errors.length);
    expect(seen).toEqual([{ kind: 'exit-status', status: 3 }, 'eof']);
  });

  it('withholds credit while a tap is full, and resumes later', async () => {
    let hasRoom = false;
    let received = 0;
    await setUp(
      (channel) => ({
        request: () => true,
        data: (bytes) => {
          received += bytes.length;
          channel().consume(bytes.length);
        },
      }),
      {
        relay: () => ({ taps: [{ hasRoom: () => hasRoom }] }),
      },
    );
    const client = await connectClient();
    const handler: ChannelHandler = {};
    const channel = await client.openChannel(SESSION, handler);
    await channel.request({ kind: 'shell' });
    const sent = deferred();
    pumpAll(channel, handler, Buffer.alloc(6_000_000), sent.resolve);
    await untilStill(() => received, client);
    expect(received).toBeLessThanOrEqual(2 * MIB);
    hasRoom = true;
    gateway.relays[0]!.resume();
    await sent.promise;
    await expect.poll(() => received).toBe(6_000_000);
  });

  it('lets a filter drop and replace data, and inserts text of the gateway', async () => {
    const heard: string[] = [];
    await setUp(
      (channel) => ({
        request: () => true,
        data: (bytes) => {
          heard.push(bytes.toString());
          channel().consume(bytes.length);
        },
      }),
      {
        relay: () => ({
          filters: {
            input: {
              data: (bytes, _stream, output) => {
                if (bytes.toString() === 'rm -rf /\n') gateway.relays[0]!.inject('output', Buffer.from('refused\n'), 1);
                else output.pass(bytes);
              },
            },
          },
        }),
      },
    );
    const client = await connectClient();
    const received = deferred<string>();
    const channel = await client.openChannel(SESSION, { data: (bytes, stream) => received.resolve(`${stream} ${bytes.toString()}`) });
    await channel.request({ kind: 'shell' });
    channel.send(Buffer.from('ls\n'));
    await expect.poll(() => heard).toEqual(['ls\n']);
    channel.send(Buffer.from('rm -rf /\n'));
    expect(await received.promise).toBe('1 refused\n');
    channel.send(Buffer.from('pwd\n'));
    await expect.poll(() => heard).toEqual(['ls\n', 'pwd\n']);
  });

  it('keeps the events behind bytes that a filter holds, including EOF', async () => {
    const heard: string[] = [];
    const verdict = deferred();
    await setUp(
      (channel) => ({
        request: () => true,
        data: (bytes) => {
          heard.push(bytes.toString());
          channel().consume(bytes.length);
        },
        eof: () => heard.push('eof'),
      }),
      {
        relay: () => ({
          filters: {
            input: {
              data: async (bytes, _stream, output) => {
                const copy = Buffer.from(bytes);
                if (copy.toString() === '\r') await verdict.promise;
                output.pass(copy);
              },
            },
          },
        }),
      },
    );
    const client = await connectClient();
    const channel = await client.openChannel(SESSION, {});
    await channel.request({ kind: 'shell' });
    for (const part of ['ls', '\r', 'pwd']) {
      channel.send(Buffer.from(part));
      await ping(client);
    }
    channel.sendEof();
    await ping(client);
    expect(heard).toEqual(['ls']);
    verdict.resolve();
    await expect.poll(() => heard).toEqual(['ls', '\r', 'pwd', 'eof']);
  });

  it('closes both channels, and no others, when a filter throws', async () => {
    await setUp(echo, {
      relay: () => ({
        filters: {
          input: {
            data: () => {
              throw new Error('broken filter');
            },
          },
        },
      }),
    });
    const client = await connectClient();
    const closed = deferred();
    const other = await client.openChannel(SESSION, {});
    const channel = await client.openChannel(SESSION, { closed: () => closed.resolve() });
    await channel.request({ kind: 'shell' });
    channel.send(Buffer.from('x'));
    await closed.promise;
    expect(await other.request({ kind: 'shell' })).toBe(true);
  });

  it('passes a signal to a target that does not read its input', async () => {
    const signals: string[] = [];
    await setUp(() => ({
      request: ({ details }) => (details.kind === 'signal' ? signals.push(details.signal) > 0 : true),
      data: () => undefined,
    }));
    const client = await connectClient();
    const handler: ChannelHandler = {};
    const channel = await client.openChannel(SESSION, handler);
    await channel.request({ kind: 'shell' });
    pumpAll(channel, handler, Buffer.alloc(20_000_000), () => undefined);
    await expect.poll(() => gateway.relays[0]!.waitingBytes('input')).toBeGreaterThan(0);
    channel.notify({ kind: 'signal', signal: 'INT' });
    await expect.poll(() => signals).toEqual(['INT']);
  });

  it('ends on both sides when either connection is lost', async () => {
    const lost = deferred();
    await setUp(() => ({ request: () => true, closed: () => lost.resolve() }));
    const client = await connectClient();
    const channel = await client.openChannel(SESSION, {});
    await channel.request({ kind: 'shell' });
    client.disconnect();
    await lost.promise;
    await gateway.relays[0]!.ended;
  });
});

describe('the owner of a relay', () => {
  const requestNames = (names: string[]): ChannelHandler => ({ request: ({ name }) => names.push(name) > 0 });

  it('can refuse requests, which then reach neither the target nor a tap', async () => {
    const [reached, seen]: [string[], string[]] = [[], []];
    await setUp(() => requestNames(reached), {
      relay: () => ({
        mayPass: (_direction, { name }) => name !== 'env',
        taps: [{ request: (_direction, { name }) => void seen.push(name) }],
      }),
    });
    const client = await connectClient();
    const channel = await client.openChannel(SESSION, {});
    expect(await channel.request({ kind: 'env', name: 'LD_PRELOAD', value: '/tmp/evil.so' })).toBe(false);
    expect(await channel.request({ kind: 'shell' })).toBe(true);
    expect([reached, seen]).toEqual([['shell'], ['shell']]);
  });

  it('ends it with a text and a status after all output of the target, and drops later output', async () => {
    const closedThere = deferred();
    await setUp((channel) => ({
      request: () => (setImmediate(() => channel().send(Buffer.alloc(1_000_000, 'o'))), true),
      closed: () => closedThere.resolve(),
    }));
    const client = await connectClient();
    const parts: Buffer[] = [];
    const events: string[] = [];
    const closed = deferred();
    const channel = await client.openChannel(
      SESSION,
      {
        data: (bytes, stream) => (stream === 1 ? void events.push(bytes.toString()) : void parts.push(Buffer.from(bytes))),
        request: ({ details }) => (details.kind === 'exit-status' ? events.push(`exit ${details.status}`) > 0 : false),
        eof: () => void events.push('eof'),
        closed: () => closed.resolve(),
      },
      64 * 1024,
    );
    await channel.request({ kind: 'shell' });
    await expect.poll(() => gateway.relays[0]!.waitingBytes('output')).toBeGreaterThan(500_000);
    gateway.relays[0]!.finish({ text: Buffer.from('enough'), stream: 1, exitStatus: 255 });
    await closedThere.promise;
    channel.consume(channel.unconsumedBytes);
    channel.widenWindow(2 * MIB);
    await closed.promise;
    expect([Buffer.concat(parts).length, events]).toEqual([1_000_000, ['enough', 'exit 255', 'eof']]);
  });

  it.each(['input', 'output'] as const)(
    'passes on no %s because of which a tap ended the relay, and nothing after it',
    async (direction) => {
      const heard: string[] = [];
      const relay = (): RelayOptions => ({
        taps: [
          {
            data: (from, bytes) => {
              if (from === direction && bytes.includes('evil'))
                gateway.relays[0]!.finish({ text: Buffer.from('no'), stream: 1, exitStatus: 255 });
            },
          },
        ],
      });
      const closedThere = deferred();
      await setUp(
        (channel) => ({
          request: () => true,
          data: (bytes) => {
            heard.push(bytes.toString());
            channel().consume(bytes.length);
            if (direction === 'output') channel().send(Buffer.from('evil out'));
          },
          closed: () => closedThere.resolve(),
        }),
        { relay },
      );
      const client = await connectClient();
      const events: string[] = [];
      const closed = deferred();
      const channel = await client.openChannel(SESSION, {
        data: (bytes, stream) => void events.push(`${stream} ${bytes.toString()}`),
        request: ({ details }) => (details.kind === 'exit-status' ? events.push(`exit ${details.status}`) > 0 : false),
        eof: () => void events.push('eof'),
        closed: () => closed.resolve(),
      });
      await channel.request({ kind: 'shell' });
      await expect.poll(() => gateway.relays.length).toBe(1);
      channel.send(Buffer.from(direction === 'input' ? 'evil in' : 'go'));
      await Promise.all([closed.promise, closedThere.promise]);
      await ping(client);
      expect([heard, events]).toEqual([direction === 'input' ? [] : ['go'], ['1 no', 'exit 255', 'eof']]);
      expect([client.transport.hasEnded, target.transports[0]!.hasEnded]).toEqual([false, false]);
    },
  );

  it('passes on no input while a tap is full, and all of it in order later', async () => {
    let isFull = false;
    const heard: Buffer[] = [];
    await setUp(
      (channel) => ({
        request: () => true,
        data: (bytes) => {
          heard.push(Buffer.from(bytes));
          channel().consume(bytes.length);
        },
      }),
      { relay: () => ({ taps: [{ hasRoom: () => !isFull }] }) },
    );
    const client = await connectClient();
    const channel = await client.openChannel(SESSION, {});
    await channel.request({ kind: 'shell' });
    channel.send(Buffer.from('first '));
    await expect.poll(() => Buffer.concat(heard).toString()).toBe('first ');
    isFull = true;
    channel.send(Buffer.from('second ')); // this one finds the tap full
    await expect.poll(() => Buffer.concat(heard).toString()).toBe('first second ');
    for (let n = 0; n < 100; n += 1) channel.send(Buffer.from(`${n} `));
    await ping(client);
    expect(Buffer.concat(heard).toString()).toBe('first second ');
    isFull = false;
    gateway.relays[0]!.resume();
    await expect
      .poll(() => Buffer.concat(heard).toString())
      .toBe(`first second ${Array.from({ length: 100 }, (_, n) => `${n} `).join('')}`);
  });

  it('sends the exit status to a client that has closed its channel', async () => {
    let endProgram = (): void => undefined;
    await setUp((channel) => {
      endProgram = () => {
        channel().notify({ kind: 'exit-status', status: 7 });
        channel().close();
      };
      return { request: () => true, closing: () => undefined, eof: () => undefined };
    });
    const client = await connectClient();
    const status = deferred<number>();
    const channel = await client.openChannel(SESSION, {
      request: ({ details }) => (details.kind === 'exit-status' ? (status.resolve(details.status), true) : false),
    });
    await channel.request({ kind: 'shell' });
    channel.sendEof();
    channel.close();
    await ping(client);
    endProgram();
    expect(await status.promise).toBe(7);
  });
});

describe('a client with an endless window that never reads', () => {
  it('costs less than 8 MiB, though its target never stops sending', async () => {
    let sent = 0;
    await setUp((channel) => endlessOutput(channel, (bytes) => (sent += bytes)));
    raw = RawPeer.to(gateway.port);
    await raw.login('alice', PASSWORD);
    raw.send(openSession(0xffffffff));
    await raw.next(Message.channelOpenConfirmation);
    const before = await usedBytes();
    raw.transport.holdInput();
    raw.send(channelRequest(0, 'shell', false));
    await expect.poll(() => sent).toBeGreaterThan(2 * MIB);
    await expect.poll(() => gateway.clients[0]!.transport.outbound.backlog).toBeGreaterThan(0);
    await untilStill(() => sent, gateway.targets[0]!);
    const held = sent;
    await ping(gateway.targets[0]!);
    expect(sent).toBe(held);
    expect((await usedBytes()) - before).toBeLessThan(8 * MIB);
  });
});
