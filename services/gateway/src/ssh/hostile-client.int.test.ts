import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { connectSsh, parsePrivateKey, selectCrypto, SshWriter, type Channel, type SshConnection } from '@sallyport/ssh';
import { untilStill } from '@sallyport/testkit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { aGateway, type TestGateway } from '../../test/a-gateway.js';

let g: TestGateway;
beforeAll(async () => {
  g = await aGateway();
  g.core.grantChanges.maxOutputBytes = 0n; // without a bound, so the recording shows how much the asset was allowed to send
});
afterAll(() => g.stop());

const WINDOW_ADJUST = 93;
const CHANNEL_DATA = 94;
const data = (channel: number, bytes: Buffer): Buffer =>
  new SshWriter().writeByte(CHANNEL_DATA).writeUint32(channel).writeString(bytes).finish();

/** Returns a client that can send any message. */
async function login(): Promise<{ socket: Socket; connection: SshConnection; send(payload: Buffer): void; closed: Promise<void> }> {
  const { user, port, privateKeyFile = '' } = g.alice();
  const socket = connect({ host: '127.0.0.1', port });
  const closed = Promise.withResolvers<void>();
  const signer = await parsePrivateKey(await readFile(privateKeyFile));
  const options = { crypto: selectCrypto(), user, methods: [{ method: 'publickey' as const, signer }], verifyHostKey: () => true };
  const connection = await connectSsh(socket, options, { closed: () => closed.resolve() });
  return { socket, connection, send: (payload) => connection.transport.send(payload), closed: closed.promise };
}

async function exec(connection: SshConnection, command: string): Promise<Channel> {
  const channel = await connection.openChannel({ kind: 'session' }, {});
  expect(await channel.request({ kind: 'exec', command: Buffer.from(command) })).toBe(true);
  return channel;
}

/** Returns how many bytes the kernel keeps at most between two ends of one TCP connection (tcp(7): the last of three sizes). */
async function kernelBuffers(): Promise<number> {
  const sizes = await Promise.all(['tcp_wmem', 'tcp_rmem'].map((name) => readFile(`/proc/sys/net/ipv4/${name}`, 'utf8')));
  return sizes.reduce((sum, size) => sum + Number(size.trim().split(/\s+/).at(-1)), 0);
}

describe('a hostile client', () => {
  it('that opens a window of 2 GB and does not read costs bounded memory, however much the asset sends', async () => {
    const { socket, connection, send } = await login();
    const channel = await exec(connection, 'cat /dev/zero');
    send(
      new SshWriter()
        .writeByte(WINDOW_ADJUST)
        .writeUint32(channel.remoteNumber)
        .writeUint32(2 ** 31)
        .finish(),
    );
    await vi.waitFor(() => expect(g.recordings.last.bytes(1)).toBeGreaterThan(0), 5_000);
    connection.transport.holdInput(); // the engine would resume a paused socket at its next turn
    const before = g.recordings.last.bytes(1);
    await untilStill(() => g.recordings.last.bytes(1));
    expect(g.recordings.last.bytes(1) - before).toBeLessThan((await kernelBuffers()) + 4 * 1024 * 1024);
    socket.destroy();
  });

  it('that sends beyond its window is disconnected', async () => {
    const { connection, send, closed } = await login();
    const { remoteNumber } = await exec(connection, 'sleep 30');
    for (let sent = 0; sent < 300; sent += 1) send(data(remoteNumber, Buffer.alloc(32 * 1024)));
    await closed;
    expect(g.log.join('')).not.toContain('"level":"error"');
  });

  it('that sends data on a channel that is not open is disconnected, and the gateway goes on', async () => {
    const hostile = await login();
    hostile.send(data(4711, Buffer.from('x')));
    await hostile.closed;
    const { connection } = await login();
    await exec(connection, 'true');
    connection.disconnect();
  });

  it('that sends data but never starts a program is not kept in memory', async () => {
    const { connection, send, closed } = await login();
    const { remoteNumber } = await connection.openChannel({ kind: 'session' }, {});
    const before = process.memoryUsage().arrayBuffers;
    for (let sent = 0; sent < 20_000 && !connection.transport.hasEnded; sent += 1) send(data(remoteNumber, Buffer.alloc(1024)));
    await closed;
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * 1024 * 1024);
  });
});
