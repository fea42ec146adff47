import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { deferred } from '../transport/deferred.suite.js';
import type { Channel } from './channel.js';
import type { ChannelHandler } from './channel-handler.js';
import type { ChannelKind } from './channel-kind.js';
import type { ChannelRequestDetails } from './channel-request.js';
import { connectPair, type Pair } from './loopback.suite.js';
import { OpenFailureReason } from './open-failure.js';
import { ping } from './ping.suite.js';
import type { ConnectionHandler } from './ssh-connection.js';

let pair: Pair;
afterEach(() => pair.close());

/** Accepts every channel with a handler that `make` returns. */
const accepting = (make: (channel: () => Channel, kind: ChannelKind) => ChannelHandler): ConnectionHandler => ({
  channelOpen: (incoming) => {
    let channel: Channel | undefined = undefined;
    channel = incoming.accept(make(() => channel!, incoming.kind));
  },
});

const SESSION = { kind: 'session' } as const;

/** Records every event of a channel. */
const recordEvents = (channel: () => Channel, entries: unknown[], closed: () => void = () => undefined): ChannelHandler => ({
  data: (bytes, stream) => {
    const last = entries.at(-1) as [number, string] | undefined;
    if (Array.isArray(last) && last[0] === stream) last[1] += bytes.toString();
    else entries.push([stream, bytes.toString()]);
    channel().consume(bytes.length);
  },
  request: ({ details }) => entries.push(details.kind) > 0,
  eof: () => entries.push('eof'),
  closed: () => {
    entries.push('closed');
    closed();
  },
});

/** Sends all bytes, waiting for the window as needed. */
const sendAll = (channel: Channel, handlerOf: ChannelHandler, bytes: Buffer): Promise<void> => {
  const done = deferred();
  let rest = bytes;
  const go = (): void => {
    rest = rest.subarray(channel.send(rest));
    if (rest.length === 0) done.resolve();
  };
  handlerOf.writable = go;
  go();
  return done.promise;
};

describe('a channel', () => {
  it('keeps data, stderr, requests, EOF and close in order', async () => {
    const entries: unknown[] = [];
    const closed = deferred();
    pair = await connectPair(
      accepting((channel) => ({
        request: () => true,
        eof: () => {
          channel().send(Buffer.from('out'));
          channel().send(Buffer.from('err'), 1);
          channel().send(Buffer.from('out again'));
          channel().notify({ kind: 'exit-status', status: 7 });
          channel().sendEof();
          channel().close();
        },
      })),
    );
    let channel: Channel | undefined = undefined;
    channel = await pair.client.openChannel(
      SESSION,
      recordEvents(() => channel!, entries, closed.resolve),
    );
    expect(await channel.request({ kind: 'shell' })).toBe(true);
    channel.sendEof();
    await closed.promise;
    expect(entries).toEqual([[0, 'out'], [1, 'err'], [0, 'out again'], 'exit-status', 'eof', 'closed']);
    await expect.poll(() => [pair.client.channelCount, pair.server.channelCount]).toEqual([0, 0]);
  });

  it('keeps the other direction open after EOF (half-close)', async () => {
    const received = deferred<number>();
    let size = 0;
    pair = await connectPair(
      accepting((channel) => ({
        data: (bytes) => {
          size += bytes.length;
          channel().consume(bytes.length);
        },
        request: () => {
          channel().sendEof();
          return true;
        },
        eof: () => received.resolve(size),
      })),
    );
    const handler: ChannelHandler = {};
    const channel = await pair.client.openChannel(SESSION, handler);
    const ended = deferred();
    handler.eof = ended.resolve;
    await channel.request({ kind: 'shell' });
    await ended.promise;
    await sendAll(channel, handler, Buffer.alloc(200_000));
    channel.sendEof();
    expect(await received.promise).toBe(200_000);
  });

  it('passes the terminal modes and every type of request unchanged', async () => {
    const requests: ChannelRequestDetails[] = [
      {
        kind: 'pty-req',
        term: 'xterm-256color',
        columns: 120,
        rows: 40,
        widthPixels: 960,
        heightPixels: 640,
        modes: Buffer.from([3, 0, 0, 0, 8, 42, 0, 0, 0, 1, 0]),
      },
      { kind: 'env', name: 'LANG', value: 'C.UTF-8' },
      { kind: 'x11-req', isSingle: true, protocol: 'MIT-MAGIC-COOKIE-1', cookie: 'abcd', screen: 1 },
      { kind: 'auth-agent-req@openssh.com' },
      { kind: 'exec', command: Buffer.from([0xff, 0x00, 0x41]) },
      { kind: 'subsystem', subsystem: 'sftp' },
      { kind: 'window-change', columns: 80, rows: 25, widthPixels: 0, heightPixels: 0 },
      { kind: 'signal', signal: 'INT' },
      { kind: 'break', lengthMs: 500 },
      { kind: 'exit-status', status: 255 },
      { kind: 'exit-signal', signal: 'SEGV', isCoreDumped: true, message: 'dumped' },
      { kind: 'eow@openssh.com' },
      { kind: 'other', name: 'x@example.com', body: Buffer.from('?') },
    ];
    const seen: ChannelRequestDetails[] = [];
    pair = await connectPair(accepting(() => ({ request: ({ details }) => seen.push(details) > 0 })));
    const channel = await pair.client.openChannel(SESSION, {});
    const answers = await Promise.all(requests.map((request) => channel.request(request)));
    expect(answers.every(Boolean)).toBe(true);
    expect(seen).toEqual(requests);
  });

  it('carries every channel type unchanged, in both directions', async () => {
    const kinds: ChannelKind[] = [
      SESSION,
      { kind: 'direct-tcpip', target: { host: 'db.internal', port: 5432 }, origin: { host: '127.0.0.1', port: 50_000 } },
      { kind: 'forwarded-tcpip', target: { host: '', port: 8080 }, origin: { host: '::1', port: 1 } },
      { kind: 'direct-streamlocal@openssh.com', path: '/run/x.sock' },
      { kind: 'forwarded-streamlocal@openssh.com', path: '/tmp/y.sock' },
      { kind: 'x11', origin: { host: '10.0.0.1', port: 6000 } },
      { kind: 'auth-agent@openssh.com' },
      { kind: 'other', name: 'tun@openssh.com', body: Buffer.from([0, 0, 0, 1]) },
    ];
    const seen: ChannelKind[] = [];
    const handler = accepting((_channel, kind) => {
      seen.push(kind);
      return {};
    });
    pair = await connectPair(handler, handler);
    for (const kind of kinds) await pair.client.openChannel(kind, {});
    for (const kind of kinds) await pair.server.openChannel(kind, {});
    expect(seen).toEqual([...kinds, ...kinds]);
  });

  it('answers keepalives in order, with a refusal', async () => {
    const order: string[] = [];
    const decided = deferred<boolean>();
    pair = await connectPair(accepting(() => ({ request: () => decided.promise })));
    const channel = await pair.client.openChannel(SESSION, {});
    const answered = Promise.all([
      channel.request({ kind: 'shell' }).then((isGranted) => order.push(`shell ${isGranted}`)),
      channel
        .request({ kind: 'other', name: 'keepalive@openssh.com', body: Buffer.alloc(0) })
        .then((isGranted) => order.push(`keepalive ${isGranted}`)),
    ]);
    await ping(pair.client);
    expect(order).toEqual([]);
    decided.resolve(true);
    await answered;
    expect(order).toEqual(['shell true', 'keepalive false']);
  });

  it('moves 30 MB through a window of 64 KiB', async () => {
    const input = Buffer.alloc(30_000_000, 'window ');
    const done = deferred<Buffer>();
    const parts: Buffer[] = [];
    pair = await connectPair(
      accepting((channel) => ({
        data: (bytes) => {
          parts.push(Buffer.from(bytes));
          channel().consume(bytes.length);
        },
        eof: () => done.resolve(Buffer.concat(parts)),
      })),
      {},
      { server: { connectionLimits: { firstWindowBytes: 65_536 } } },
    );
    const handler: ChannelHandler = {};
    const channel = await pair.client.openChannel(SESSION, handler);
    await sendAll(channel, handler, input);
    channel.sendEof();
    expect((await done.promise).equals(input)).toBe(true);
  });

  it('is refused with a reason, and frees its number', async () => {
    pair = await connectPair({ channelOpen: (incoming) => incoming.reject(OpenFailureReason.connectFailed, 'asset is down') });
    await expect(pair.client.openChannel(SESSION, {})).rejects.toMatchObject({ reason: 2, message: 'asset is down' });
    expect([pair.client.channelCount, pair.server.channelCount, pair.client.usage.creditBytes]).toEqual([0, 0, 0]);
  });

  it('reports the end of the connection once', async () => {
    const reasons: unknown[] = [];
    const closed = deferred();
    pair = await connectPair(
      accepting(() => ({ closed: (reason) => reasons.push(reason?.message) })),
      {},
    );
    pair.server.setHandler({ closed: () => closed.resolve() });
    pair.server.setHandler({ ...accepting(() => ({ closed: (reason) => reasons.push(reason?.message) })), closed: () => closed.resolve() });
    const channel = await pair.client.openChannel(SESSION, {});
    pair.client.disconnect(11, 'going home');
    await closed.promise;
    expect(reasons).toEqual(['going home']);
    expect(channel.send(Buffer.from('x'))).toBe(0);
    expect(await channel.request({ kind: 'shell' })).toBe(false);
    await expect(pair.client.openChannel(SESSION, {})).rejects.toThrow('going home');
  });
});

describe('an application that decides late', () => {
  it('loses nothing that arrives before it accepts a command', async () => {
    const entries: unknown[] = [];
    const closed = deferred();
    const accept = deferred<boolean>();
    pair = await connectPair(
      accepting((channel) => ({
        ...recordEvents(channel, entries, closed.resolve),
        request: ({ details }) => {
          entries.push(details.kind);
          return details.kind === 'exec' ? accept.promise : true;
        },
      })),
    );
    const channel = await pair.client.openChannel(SESSION, {});
    const answer = channel.request({ kind: 'exec', command: Buffer.from('cat') });
    channel.send(Buffer.from('early '));
    channel.send(Buffer.from('bird'));
    channel.notify({ kind: 'window-change', columns: 1, rows: 1, widthPixels: 0, heightPixels: 0 });
    channel.send(Buffer.from('worm'));
    channel.sendEof();
    channel.close();
    await ping(pair.client);
    expect(entries).toEqual(['exec']);
    accept.resolve(true);
    await closed.promise;
    expect(entries).toEqual(['exec', [0, 'early bird'], 'window-change', [0, 'worm'], 'eof', 'closed']);
    expect(await answer).toBe(false);
    expect(pair.server.usage).toEqual({ creditBytes: 0, heldBytes: 0 });
  });

  it('is notified when the client closes the channel meanwhile', async () => {
    const abandoned = deferred();
    pair = await connectPair(accepting(() => ({ request: () => new Promise(() => undefined), abandoned: abandoned.resolve })));
    const channel = await pair.client.openChannel(SESSION, {});
    void channel.request({ kind: 'exec', command: Buffer.from('x') });
    channel.send(Buffer.from('data'));
    channel.close();
    await abandoned.promise;
  });

  it('receives data that arrived before it set its handler', async () => {
    const entries: unknown[] = [];
    pair = await connectPair(
      accepting((channel) => {
        queueMicrotask(() => channel().send(Buffer.from('first bytes')));
        return {};
      }),
    );
    const opened = pair.client.openChannel(SESSION, {});
    const channel = await opened.then((made) => made);
    channel.setHandler({ data: (bytes) => entries.push(bytes.toString()) });
    await expect.poll(() => entries).toEqual(['first bytes']);
  });
});

describe('global requests', () => {
  it('are answered in order, however long each decision takes', async () => {
    const decided = [deferred(), undefined, deferred(), undefined];
    pair = await connectPair({
      globalRequest: ({ body }) => {
        const reply = Buffer.from([body[0]!]);
        return decided[body[0]!]?.promise.then(() => reply) ?? reply;
      },
    });
    const answers: number[] = [];
    const answered = Promise.all(
      decided.map((_, index) =>
        pair.client.request({ kind: 'other', name: 'n@x', body: Buffer.from([index]) }).then((reply) => answers.push(reply![0]!)),
      ),
    );
    decided[2]!.resolve();
    await nextTurn();
    decided[0]!.resolve();
    await answered;
    expect(answers).toEqual([0, 1, 2, 3]);
  });

  it('are all answered, even if hundreds wait', async () => {
    let seen = 0;
    pair = await connectPair({ globalRequest: () => new Promise((resolve) => setImmediate(() => resolve((seen += 1) > 0))) });
    const answers = await Promise.all(
      Array.from({ length: 300 }, () => pair.client.request({ kind: 'other', name: 'n@x', body: Buffer.alloc(0) })),
    );
    expect([answers.length, answers.every((answer) => answer !== undefined), seen]).toEqual([300, true, 300]);
  });

  it('that the engine answers itself never reach the application', async () => {
    const seen: string[] = [];
    pair = await connectPair({ globalRequest: ({ name }) => seen.push(name) > 0, ...accepting(() => ({})) });
    expect(await pair.client.request({ kind: 'other', name: 'keepalive@openssh.com', body: Buffer.alloc(0) })).toBeUndefined();
    await pair.client.openChannel(SESSION, {});
    pair.client.notify({ kind: 'other', name: 'no-more-sessions@openssh.com', body: Buffer.alloc(0) });
    await expect(pair.client.openChannel(SESSION, {})).rejects.toThrow('No more sessions');
    expect(seen).toEqual([]);
  });
});
