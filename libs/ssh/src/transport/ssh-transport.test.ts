import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DisconnectReason, SshProtocolError, SshWriter } from '../wire/index.js';
import { ManualClock } from './manual-clock.suite.js';
import { Message } from './message.js';
import { PeerDisconnected } from './connection-end.js';
import { encodeKexInit } from './kexinit.js';
import { clientSide, RawPeer, serverSide } from './raw-peer.suite.js';
import type { TransportOptions } from './ssh-transport.js';

let listener: Server;
let accepted: Promise<Socket>;
const open: RawPeer[] = [];

beforeEach(async () => {
  listener = createServer();
  accepted = once(listener, 'connection').then(([socket]: Socket[]) => socket!);
  await once(listener.listen(0, '127.0.0.1'), 'listening');
});

afterEach(() => {
  for (const peer of open.splice(0)) peer.socket.destroy();
  listener.close();
});

const port = (): number => (listener.address() as AddressInfo).port;

/** Returns two transports that may exchange keys again, as after a login. */
const loggedInPair = async (client: Partial<TransportOptions> = {}, server: Partial<TransportOptions> = {}) => {
  const both = await pair(client, server);
  both.client.transport.allowRekey();
  both.server.transport.allowRekey();
  return both;
};

const pair = async (
  client: Partial<TransportOptions> = {},
  server: Partial<TransportOptions> = {},
): Promise<{ client: RawPeer; server: RawPeer }> => {
  const clientPeer = new RawPeer(connect({ host: '127.0.0.1', port: port() }), { ...clientSide, ...client });
  const serverPeer = new RawPeer(await accepted, { ...serverSide, ...server });
  open.push(clientPeer, serverPeer);
  await Promise.all([clientPeer.ready, serverPeer.ready]);
  return { client: clientPeer, server: serverPeer };
};

/** Returns a server transport and a bare socket that is connected to it. */
const bareClient = async (): Promise<{ socket: Socket; server: RawPeer }> => {
  const socket = connect({ host: '127.0.0.1', port: port() });
  socket.on('error', () => undefined);
  const server = new RawPeer(await accepted, serverSide);
  open.push(server);
  return { socket, server };
};

const plainPacket = (payload: Buffer): Buffer => {
  const padding = 8 - ((payload.length + 5) % 8) + 8;
  const packet = Buffer.alloc(5 + payload.length + padding);
  packet.writeUInt32BE(1 + payload.length + padding);
  packet[4] = padding;
  payload.copy(packet, 5);
  return packet;
};

const message = (text: string): Buffer => Buffer.from(`\x5e${text}`, 'latin1');

const kexInit = encodeKexInit({
  kex: ['curve25519-sha256', 'kex-strict-c-v00@openssh.com'],
  hostKey: ['ssh-ed25519'],
  ciphersToServer: ['aes128-gcm@openssh.com'],
  ciphersToClient: ['aes128-gcm@openssh.com'],
  macsToServer: [],
  macsToClient: [],
  compressionToServer: ['none'],
  compressionToClient: ['none'],
  guessFollows: false,
});

describe('two transports', () => {
  it('agree on a session id and deliver payloads in order', async () => {
    const { client, server } = await pair();
    expect(client.transport.sessionId).toEqual(server.transport.sessionId);
    expect(client.transport.sessionId).toHaveLength(32);
    for (let index = 0; index < 500; index += 1) client.send(message(`${index} ${'x'.repeat(index * 10)}`));
    await expect.poll(() => server.received.length).toBe(500);
    expect(server.received.map((payload) => Number.parseInt(payload.toString('latin1', 1), 10))).toEqual(
      Array.from({ length: 500 }, (_, index) => index),
    );
  });

  it('use post-quantum key exchange and AES-GCM when both support them', async () => {
    const { client } = await pair();
    expect(client.transport.algorithms).toMatchObject({
      kex: 'mlkem768x25519-sha256',
      hostKey: 'ssh-ed25519',
      cipherToServer: 'aes256-gcm@openssh.com',
    });
  });

  it.each(['aes128-gcm@openssh.com', 'aes256-ctr', 'aes128-ctr'] as const)('work with %s', async (cipher) => {
    const offer = {
      kex: ['ecdh-sha2-nistp384' as const],
      hostKey: ['ssh-ed25519'],
      ciphers: [cipher],
      macs: ['hmac-sha2-512-etm@openssh.com' as const],
    };
    const { client, server } = await pair({ offer });
    client.send(message('over'));
    expect((await server.next(0x5e)).toString()).toBe('^over');
  });

  it('rekey repeatedly under load in both directions, and lose nothing', async () => {
    const limits = { rekeyBytes: 200_000 };
    const { client, server } = await loggedInPair({ limits }, { limits });
    const block = 'b'.repeat(10_000);
    for (let index = 0; index < 400; index += 1) {
      while (client.transport.room === 0 || server.transport.room === 0) await new Promise((resolve) => setImmediate(resolve));
      client.send(message(`${index} ${block}`));
      server.send(message(`${index} ${block}`));
    }
    await expect.poll(() => [client.received.length, server.received.length]).toEqual([400, 400]);
    for (const { received } of [client, server]) {
      expect(received.every((payload, index) => payload.length > 10_000 && payload.toString('latin1', 1).startsWith(`${index} `))).toBe(
        true,
      );
    }
    expect(client.transport.keyExchanges).toBeGreaterThan(4);
    expect(server.transport.keyExchanges).toBe(client.transport.keyExchanges);
  });

  it('rekey after a number of packets', async () => {
    const { client, server } = await loggedInPair({ limits: { rekeyPackets: 50 } });
    for (let index = 0; index < 60; index += 1) client.send(message('tick'));
    await expect.poll(() => server.transport.keyExchanges).toBe(2);
  });

  it('rekey after an hour', async () => {
    const clock = new ManualClock();
    const { client, server } = await loggedInPair({}, { clock });
    clock.advance(59 * 60_000);
    expect(server.transport.isExchanging).toBe(false);
    clock.advance(60_000);
    await expect.poll(() => [server.transport.keyExchanges, client.transport.keyExchanges]).toEqual([2, 2]);
    clock.advance(60 * 60_000);
    await expect.poll(() => server.transport.keyExchanges).toBe(3);
  });

  it('keep the session id when they rekey, and refuse data meanwhile', async () => {
    const { client, server } = await loggedInPair();
    const before = Buffer.from(client.transport.sessionId);
    client.transport.rekey();
    expect(client.transport.room).toBe(0);
    client.send(message('after'));
    expect((await server.next(0x5e)).toString()).toBe('^after');
    expect(client.transport.sessionId).toEqual(before);
    expect(client.transport.keyExchanges).toBe(2);
  });

  it('exchange their extensions', async () => {
    const extensions = { 'server-sig-algs': 'ssh-ed25519,rsa-sha2-512', 'ping@openssh.com': '0' };
    const { client, server } = await pair({ extensions: { 'ping@openssh.com': '0' } }, { extensions });
    await expect.poll(() => client.transport.peerExtensions.size).toBe(2);
    expect(client.transport.peerExtensions.get('server-sig-algs')?.toString()).toBe('ssh-ed25519,rsa-sha2-512');
    await expect.poll(() => server.transport.peerExtensions.get('ping@openssh.com')?.toString()).toBe('0');
  });

  it('answer an unknown message with UNIMPLEMENTED and a ping with a pong, and continue', async () => {
    const { client, server } = await pair();
    client.send(Buffer.from([200, 1, 2, 3]), new SshWriter().writeByte(Message.ping).writeString('data').finish());
    client.send(Buffer.from([Message.ignore]), Buffer.from([Message.debug]), message('on'));
    expect((await server.next(0x5e)).toString()).toBe('^on');
    expect(client.transport.hasEnded).toBe(false);
  });

  it('send the reason when they disconnect', async () => {
    const { client, server } = await pair();
    client.transport.disconnect(DisconnectReason.BY_APPLICATION, 'enough');
    expect(await server.closed).toMatchObject({ name: 'PeerDisconnected', reason: 11, message: 'enough' });
    expect(await client.closed).toMatchObject({ name: 'LocalDisconnect', message: 'enough' });
  });

  it('notice a socket that ends without DISCONNECT', async () => {
    const { client, server } = await pair();
    client.socket.destroy();
    expect(await server.closed).toMatchObject({ name: 'ConnectionLost' });
  });
});

describe('a client', () => {
  it('refuses a host key its application does not trust', async () => {
    const client = new RawPeer(connect({ host: '127.0.0.1', port: port() }), {
      side: { role: 'client', verifyHostKey: async () => false },
      crypto: clientSide.crypto,
    });
    const server = new RawPeer(await accepted, serverSide);
    open.push(client, server);
    expect(await client.closed).toMatchObject({ reason: DisconnectReason.HOST_KEY_NOT_VERIFIABLE });
    expect(await server.closed).toMatchObject({ name: 'PeerDisconnected', reason: DisconnectReason.HOST_KEY_NOT_VERIFIABLE });
  });

  it('refuses a server whose signature is not that of the host key that it sent', async () => {
    const { hostSigner } = await import('./raw-peer.suite.js');
    const { generateKeyPairSync } = await import('node:crypto');
    const { privateKeyFromKeyObject } = await import('../keys/index.js');
    const thief = privateKeyFromKeyObject(generateKeyPairSync('ed25519').privateKey);
    const signer = { publicKey: hostSigner.publicKey, algorithms: hostSigner.algorithms, sign: thief.sign.bind(thief) };
    const client = new RawPeer(connect({ host: '127.0.0.1', port: port() }));
    const server = new RawPeer(await accepted, { ...serverSide, side: { role: 'server', identities: [{ signer }] } });
    open.push(client, server);
    expect(await client.closed).toMatchObject({
      message: 'The signature of the host key is incorrect',
      reason: DisconnectReason.KEY_EXCHANGE_FAILED,
    });
  });
});

describe('bad input ends the connection with the correct reason code:', () => {
  const readDisconnect = async (socket: Socket): Promise<Buffer> => {
    const parts: Buffer[] = [];
    for await (const chunk of socket) parts.push(chunk as Buffer);
    return Buffer.concat(parts);
  };

  it.each([
    ['HTTP', 'GET / HTTP/1.0\r\n\r\n', DisconnectReason.PROTOCOL_VERSION_NOT_SUPPORTED],
    ['SSH 1', 'SSH-1.5-x\r\n', DisconnectReason.PROTOCOL_VERSION_NOT_SUPPORTED],
    ['a packet of 4 GiB', Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), Buffer.alloc(64, 0xff)]), DisconnectReason.PROTOCOL_ERROR],
    ['a packet of length 0', Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), Buffer.alloc(64)]), DisconnectReason.PROTOCOL_ERROR],
    [
      'a channel before keys',
      Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), plainPacket(message('early'))]),
      DisconnectReason.PROTOCOL_ERROR,
    ],
    ['NEWKEYS before keys', Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), plainPacket(Buffer.from([21]))]), DisconnectReason.PROTOCOL_ERROR],
    [
      'a short KEXINIT',
      Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), plainPacket(kexInit.subarray(0, 40))]),
      DisconnectReason.PROTOCOL_ERROR,
    ],
    [
      'two KEXINITs',
      Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), plainPacket(kexInit), plainPacket(kexInit)]),
      DisconnectReason.PROTOCOL_ERROR,
    ],
    [
      'a public value of the wrong size',
      Buffer.concat([
        Buffer.from('SSH-2.0-x\r\n'),
        plainPacket(kexInit),
        plainPacket(new SshWriter().writeByte(30).writeString('short').finish()),
      ]),
      DisconnectReason.KEY_EXCHANGE_FAILED,
    ],
    [
      'a public value of low order',
      Buffer.concat([
        Buffer.from('SSH-2.0-x\r\n'),
        plainPacket(kexInit),
        plainPacket(new SshWriter().writeByte(30).writeString(Buffer.alloc(32)).finish()),
      ]),
      DisconnectReason.KEY_EXCHANGE_FAILED,
    ],
  ])('%s', async (_name, bytes, reason) => {
    const { socket, server } = await bareClient();
    const answer = readDisconnect(socket);
    socket.write(bytes);
    const error = await server.closed;
    expect(error).toBeInstanceOf(SshProtocolError);
    expect((error as SshProtocolError).reason).toBe(reason);
    const sent = Buffer.from(new Uint8Array([1, 0, 0, 0, reason]));
    expect((await answer).includes(sent)).toBe(true);
  });

  it('a packet that was modified in transit', async () => {
    const { client, server } = await pair();
    client.send(message('x'.repeat(100)));
    const write = client.socket.write.bind(client.socket);
    client.socket.write = ((bytes: Buffer, ...rest: never[]) => {
      bytes[bytes.length - 20] = bytes[bytes.length - 20]! ^ 1;
      return write(bytes, ...rest);
    }) as typeof client.socket.write;
    expect(await server.closed).toMatchObject({ reason: DisconnectReason.MAC_ERROR });
    expect(await client.closed).toMatchObject({ name: 'PeerDisconnected', reason: DisconnectReason.MAC_ERROR });
  });

  it('a message that is not allowed during a key exchange', async () => {
    const { client, server } = await loggedInPair();
    client.transport.rekey();
    client.transport.outbound.send(message('smuggled'));
    expect(await server.closed).toMatchObject({ message: 'Message 94 during a key exchange', reason: DisconnectReason.PROTOCOL_ERROR });
    expect(await client.closed).toBeInstanceOf(PeerDisconnected);
  });
});

describe('a peer that exchanges keys again and again', () => {
  it.each(['client', 'server'] as const)('is disconnected at the second exchange before the login, as %s', async (attacker) => {
    const { client, server } = await pair();
    const [attacking, attacked] = attacker === 'client' ? [client, server] : [server, client];
    attacking.transport.rekey();
    const message = 'A second key exchange before the login is not allowed';
    expect(await attacked.closed).toMatchObject({ message, reason: DisconnectReason.PROTOCOL_ERROR });
    expect(await attacking.closed).toMatchObject({ name: 'PeerDisconnected', message });
    expect(attacked.transport.keyExchanges).toBe(1);
  });

  it.each(['client', 'server'] as const)('is disconnected after 20 exchanges in a minute without data, as %s', async (attacker) => {
    const clock = new ManualClock();
    const { client, server } = await loggedInPair({ clock }, { clock });
    const [attacking, attacked] = attacker === 'client' ? [client, server] : [server, client];
    const exchange = async (number: number): Promise<void> => {
      attacking.transport.rekey();
      await expect.poll(() => attacking.transport.keyExchanges).toBe(number);
    };
    for (let number = 2; number <= 21; number += 1) await exchange(number);
    clock.advance(60_000);
    for (let number = 22; number <= 41; number += 1) await exchange(number);
    attacking.transport.rekey();
    expect(await attacked.closed).toMatchObject({ message: 'More than 20 key exchanges in a minute' });
  });

  it('may do so as often as it sends 16 KiB: a small RekeyLimit is not an attack', async () => {
    const clock = new ManualClock();
    const limits = { rekeyBytes: 20_000 };
    const { client, server } = await loggedInPair({ clock, limits }, { clock });
    for (let index = 0; index < 60; index += 1) {
      while (client.transport.room === 0) await new Promise((resolve) => setImmediate(resolve));
      client.send(message('x'.repeat(30_000)));
    }
    await expect.poll(() => server.received.length, { timeout: 8000 }).toBe(60);
    expect(server.transport.keyExchanges).toBeGreaterThan(25);
  });
});

describe('strict key exchange (CVE-2023-48795)', () => {
  it('refuses a message before the first KEXINIT', async () => {
    const { socket, server } = await bareClient();
    socket.write(
      Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), plainPacket(Buffer.from([Message.ignore, 0, 0, 0, 0])), plainPacket(kexInit)]),
    );
    expect(await server.closed).toMatchObject({ message: 'KEXINIT was not the first packet' });
  });

  it('refuses an IGNORE that was inserted before NEWKEYS', async () => {
    const { socket, server } = await bareClient();
    socket.write(
      Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), plainPacket(kexInit), plainPacket(Buffer.from([Message.ignore, 0, 0, 0, 0]))]),
    );
    expect(await server.closed).toMatchObject({ message: 'Message 2 during a key exchange' });
  });

  it('resets the sequence numbers with every NEWKEYS', async () => {
    const { client, server } = await loggedInPair();
    client.send(message('a'), message('b'));
    await expect.poll(() => server.received.length).toBe(2);
    expect(server.transport.inbound.nextSequence).toBe(2);
    client.transport.rekey();
    await expect.poll(() => server.transport.keyExchanges).toBe(2);
    expect(server.transport.inbound.nextSequence).toBe(0);
  });
});
