import { afterEach, describe, expect, it } from 'vitest';
import { deferred } from '../transport/deferred.suite.js';
import { Message } from '../transport/message.js';
import { bare, channelData, channelRequest, openSession, RawPeer } from '../transport/raw-peer.suite.js';
import { SshWriter } from '../wire/index.js';
import type { Channel } from './channel.js';
import type { ChannelHandler } from './channel-handler.js';
import { endlessOutput } from './endless-output.suite.js';
import { PASSWORD, startServer, type TestServer } from './loopback.suite.js';
import type { SshConnection } from './ssh-connection.js';
import type { ServerOptions } from './ssh-server.js';
import { usedBytes } from './memory-in-use.suite.js';

const MIB = 1024 * 1024;
/** Memory that one connection may use, whatever its peer does. */
const BOUND = 8 * MIB;

let server: TestServer;
let peer: RawPeer;
afterEach(async () => {
  peer.socket.destroy();
  await server.close();
});

/** Starts a server and a peer that is logged in and then sends any packet. Returns the server's end of the connection. */
const attack = async (
  handler: ChannelHandler | ((channel: () => Channel) => ChannelHandler),
  options: Partial<ServerOptions> = {},
): Promise<SshConnection> => {
  const connected = deferred<SshConnection>();
  server = await startServer(
    {
      loggedIn: (connection) => {
        connected.resolve(connection);
        return {
          channelOpen: (incoming) => {
            let channel: Channel | undefined = undefined;
            channel = incoming.accept(typeof handler === 'function' ? handler(() => channel!) : handler);
          },
        };
      },
    },
    options,
  );
  peer = RawPeer.to(server.port);
  await peer.login('alice', PASSWORD);
  return connected.promise;
};

const opened = async (windowBytes?: number): Promise<void> => {
  peer.send(openSession(windowBytes));
  await peer.next(Message.channelOpenConfirmation);
};

const protocolError = async (message: string): Promise<void> => {
  expect(await peer.closed).toMatchObject({ name: 'PeerDisconnected', reason: 2, message });
};

/** Resolves when a number has stayed the same for 200 ms. */
const stalled = async (count: () => number): Promise<void> => {
  let last = -1;
  await expect.poll(() => last === (last = count()), { interval: 200, timeout: 5_000 }).toBe(true);
};

/** Sends packets until the time is up, as fast as the socket takes them. Returns the growth of the memory in use, in bytes. */
const flood = async (make: () => Buffer, ms: number): Promise<number> => {
  const before = await usedBytes();
  const until = performance.now() + ms;
  while (performance.now() < until && !peer.transport.hasEnded) {
    for (let count = 0; count < 200 && peer.transport.outbound.backlog < 256 * 1024; count += 1) peer.send(make());
    await new Promise((resolve) => setImmediate(resolve));
  }
  return (await usedBytes()) - before;
};

describe('a peer that violates the channel protocol is disconnected:', () => {
  it('data beyond its window', async () => {
    await attack({ request: () => true, data: () => undefined });
    await opened();
    for (let sent = 0; sent <= 128 * 1024; sent += 32_768) peer.send(channelData(0, Buffer.alloc(32_768)));
    await protocolError('Channel 0 received 32768 bytes; its window is 0');
  });

  it.each([
    ['data for a channel that does not exist', channelData(9, Buffer.from('x')), 'Message 94 for channel 9, which does not exist'],
    ['EOF for a channel that does not exist', bare(Message.channelEof, 7), 'Message 96 for channel 7, which does not exist'],
    [
      'a confirmation without a CHANNEL_OPEN',
      new SshWriter().writeByte(91).writeUint32(5).writeUint32(0).writeUint32(0).writeUint32(0).finish(),
      'Reply to a CHANNEL_OPEN of channel 5 that was not sent',
    ],
    [
      'data with another length than its message',
      Buffer.concat([channelData(0, Buffer.from('abc')), Buffer.from([0])]),
      'The length of the data is not that of the message',
    ],
    [
      'a window that overflows',
      new SshWriter().writeByte(93).writeUint32(0).writeUint32(0xffffffff).finish(),
      'Window of channel 0 overflows',
    ],
    ['a channel message without a channel', Buffer.from([Message.channelData, 0]), 'Channel message without a channel number'],
    ['a truncated request', channelRequest(0, 'pty-req', true, Buffer.from([0, 0, 0, 9])), 'Message ends early: 9 bytes expected, 0 left'],
  ])('%s', async (_name, payload, message) => {
    await attack({ request: () => true });
    await opened();
    peer.send(payload);
    await protocolError(message);
  });

  it('data after EOF, EOF after close', async () => {
    await attack({});
    await opened();
    peer.send(bare(Message.channelEof, 0), channelData(0, Buffer.from('x')));
    await protocolError('Data after the end of channel 0');
  });

  it('a maximum packet size that would keep the server busy', async () => {
    await attack({});
    peer.send(
      new SshWriter()
        .writeByte(Message.channelOpen)
        .writeString('session')
        .writeUint32(0)
        .writeUint32(2 ** 31)
        .writeUint32(1)
        .finish(),
    );
    expect((await peer.next(Message.channelOpenFailure)).toString('latin1')).toContain('A maximum packet size of 1 bytes is too small');
  });

  it('a channel closed twice', async () => {
    await attack({});
    await opened();
    peer.send(bare(Message.channelClose, 0), bare(Message.channelClose, 0));
    await protocolError('Message 97 for channel 0, which does not exist');
  });
});

describe('a peer cannot make the server use more memory than is allowed:', () => {
  it('with an endless window, and without reading', async () => {
    let sent = 0;
    const connection = await attack((channel) => endlessOutput(channel, (bytes) => (sent += bytes)));
    await opened(0xffffffff);
    const before = await usedBytes();
    peer.send(channelRequest(0, 'shell', false));
    peer.transport.holdInput();
    await stalled(() => sent);
    expect(sent).toBeGreaterThan(MIB);
    expect(connection.transport.outbound.backlog).toBeLessThan(2 * MIB);
    expect((await usedBytes()) - before).toBeLessThan(BOUND);
  });

  it('with requests whose replies it never reads', async () => {
    const connection = await attack({ request: () => true });
    await opened();
    peer.transport.holdInput();
    const growth = await flood(() => channelRequest(0, 'env', true, new SshWriter().writeString('A').writeString('b').finish()), 1500);
    expect(growth).toBeLessThan(BOUND);
    expect(connection.transport.outbound.backlog).toBeLessThan(3 * MIB);
  });

  it('with pings whose pongs it never reads', async () => {
    await attack({});
    peer.transport.holdInput();
    const growth = await flood(() => new SshWriter(2000).writeByte(Message.ping).writeString(Buffer.alloc(1000)).finish(), 1500);
    expect(growth).toBeLessThan(BOUND);
  });

  it('with requests while an earlier one is being decided', async () => {
    const connection = await attack({ request: () => new Promise(() => undefined) });
    await opened();
    const growth = await flood(
      () => channelRequest(0, 'env', false, new SshWriter().writeString('A').writeString('b'.repeat(500)).finish()),
      1500,
    );
    expect(growth).toBeLessThan(BOUND);
    expect(connection.usage.heldBytes).toBeLessThan(5 * MIB);
    expect(peer.transport.hasEnded).toBe(false);
  });

  it('with a window full of single bytes, stdout and stderr in turn, while a request is being decided', async () => {
    const connection = await attack({ request: () => new Promise(() => undefined) });
    await opened();
    peer.send(channelRequest(0, 'shell', true));
    let count = 0;
    const extended = (): Buffer =>
      new SshWriter().writeByte(Message.channelExtendedData).writeUint32(0).writeUint32(1).writeString('x').finish();
    const growth = await flood(() => ((count += 1) % 2 === 0 ? channelData(0, Buffer.from('x')) : extended()), 1500);
    expect(growth).toBeLessThan(BOUND);
    expect(connection.usage.heldBytes).toBeLessThan(5 * MIB);
  });

  it('with global requests that are never decided', async () => {
    server = await startServer({ loggedIn: () => ({ globalRequest: () => new Promise(() => undefined) }) });
    peer = RawPeer.to(server.port);
    await peer.login('alice', PASSWORD);
    const growth = await flood(
      () => new SshWriter().writeByte(Message.globalRequest).writeString('x@y').writeBoolean(true).writeBytes(Buffer.alloc(1000)).finish(),
      1000,
    );
    expect(growth).toBeLessThan(BOUND);
  });

  it('with many channels', async () => {
    const connection = await attack({});
    for (let number = 0; number < 1000; number += 1) peer.send(openSession(2 ** 31, number));
    await expect.poll(() => peer.types.filter((type) => type === Message.channelOpenFailure).length).toBe(1000 - 64);
    expect(connection.channelCount).toBe(64);
    expect(connection.usage.creditBytes).toBeLessThanOrEqual(4 * MIB);
  });

  it('with a key exchange that it never finishes, and without reading', async () => {
    const connection = await attack({ request: () => true });
    await opened();
    connection.transport.rekey();
    peer.transport.holdInput();
    const growth = await flood(() => channelRequest(0, 'env', true, new SshWriter().writeString('A').writeString('b').finish()), 1500);
    expect(growth).toBeLessThan(BOUND);
  });
});

describe('the limits can be configured', () => {
  it('for channels, windows and packets', async () => {
    await attack({ request: () => true }, { connectionLimits: { channels: 2, firstWindowBytes: 1000, packetBytes: 500 } });
    peer.send(openSession(100, 0), openSession(100, 1), openSession(100, 2));
    const confirmation = await peer.next(Message.channelOpenConfirmation);
    expect([confirmation.readUInt32BE(9), confirmation.readUInt32BE(13)]).toEqual([1000, 500]);
    await peer.next(Message.channelOpenFailure);
    peer.send(channelData(0, Buffer.alloc(1001)));
    await protocolError('Channel 0 received 1001 bytes; its window is 1000');
  });

  it('for the windows of all channels: late channels get the minimum, and closing them frees all of it', async () => {
    const connection = await attack((channel) => ({ request: () => true, data: (bytes) => channel().consume(bytes.length) }), {
      connectionLimits: { creditBytes: 300_000, firstWindowBytes: 200_000, floorWindowBytes: 10_000, windowBytes: 200_000 },
    });
    const windows: number[] = [];
    for (let number = 0; number < 4; number += 1) {
      peer.send(openSession(100, number));
      windows.push((await peer.next(Message.channelOpenConfirmation)).readUInt32BE(9));
    }
    expect(windows).toEqual([200_000, 100_000, 10_000, 10_000]);
    for (let number = 0; number < 4; number += 1) peer.send(bare(Message.channelClose, number));
    await expect.poll(() => connection.channelCount).toBe(0);
    expect(connection.usage.creditBytes).toBe(0);
  });
});
