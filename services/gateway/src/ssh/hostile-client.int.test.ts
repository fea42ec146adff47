import { readFile } from 'node:fs/promises';
import { Client } from 'ssh2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aGateway, type TestGateway } from '../../test/a-gateway.js';

let g: TestGateway;
beforeAll(async () => {
  g = await aGateway();
  g.core.grantChanges.maxOutputBytes = 0n; // all of it is recorded, so the recording shows how much was let in
});
afterAll(() => g.stop());

/** A client whose insides we can reach. */
interface OpenClient {
  _protocol: { channelWindowAdjust(channel: number, bytes: number): void; channelData(channel: number, data: Buffer): void };
  _sock: { pause(): void; resume(): void };
}

async function connect(): Promise<{ client: Client; inner: OpenClient; closed: Promise<void> }> {
  const { user, port, privateKeyFile = '' } = g.alice();
  const client = new Client();
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
  client.on('error', () => undefined);
  const ready = new Promise<void>((resolve) => client.once('ready', () => resolve()));
  client.connect({ host: '127.0.0.1', port, username: user, privateKey: await readFile(privateKeyFile), algorithms: { cipher: ['aes128-gcm@openssh.com'] } });
  await ready;
  return { client, inner: client as unknown as OpenClient, closed };
}

const exec = (client: Client, command: string) =>
  new Promise<{ outgoing: { id: number } }>((resolve, reject) => client.exec(command, (error, stream) => (error ? reject(error) : resolve(stream as unknown as { outgoing: { id: number } }))));

describe('a hostile client', () => {
  it('that opens a window of 2 GB and does not read costs a bounded amount, however much the asset has to say', async () => {
    const { client, inner } = await connect();
    const { outgoing } = await exec(client, 'cat /dev/zero');
    inner._protocol.channelWindowAdjust(outgoing.id, 2 ** 31);
    await new Promise((resolve) => setTimeout(resolve, 200));
    inner._sock.pause();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const before = g.recordings.last.text(1).length;
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(g.recordings.last.text(1).length - before).toBeLessThan(8 * 1024 * 1024);
    client.destroy();
  });

  it('that sends beyond its window is disconnected', async () => {
    const { client, inner, closed } = await connect();
    const { outgoing } = await exec(client, 'sleep 30');
    for (let sent = 0; sent < 300; sent += 1) inner._protocol.channelData(outgoing.id, Buffer.alloc(32 * 1024));
    await closed;
    expect(g.log.join('')).not.toContain('"level":"error"');
  });

  it('that speaks of channels nobody opened is disconnected, and the gateway goes on', async () => {
    const { inner, closed } = await connect();
    inner._protocol.channelData(4711, Buffer.from('x'));
    await closed;
    const { client } = await connect();
    await exec(client, 'true');
    client.end();
  });
});
