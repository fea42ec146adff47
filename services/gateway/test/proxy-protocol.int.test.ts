import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Socket } from 'node:net';
import { makeSshKey, runSsh, startProduct, type Product, type Rest, type RestList, type SshTarget } from '@sallyport/testkit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { aLoadBalancer, BALANCER, binaryHeaderOf, connectFrom, headerOf } from './a-load-balancer.js';

let product: Product;
let admin: Rest;
let demo: SshTarget;
const open: { close(): void }[] = [];

beforeAll(async () => {
  const settings = {
    GATEWAY_PROXY_PROTOCOL_FROM: `${BALANCER}/32`,
    GATEWAY_LOGIN_GRACE_SECONDS: '4',
    GATEWAY_PER_SOURCE_PENALTIES: 'authfail:60 noauth:1 grace-exceeded:10 max:600 min:15',
  };
  product = await startProduct({ settings, demoAsset: 'builtin' });
  [admin, demo] = await Promise.all([product.asAdmin(), product.ssh()]);
});
afterAll(async () => {
  for (const each of open) each.close();
  await product.stop();
});

/** Runs a command through a load balancer that sends this header. */
async function throughBalancer(header: Buffer, target: Partial<SshTarget> = {}): ReturnType<typeof runSsh> {
  const balancer = await aLoadBalancer(demo.port, header);
  open.push(balancer);
  return runSsh({ ...demo, port: balancer.port, ...target, command: 'echo through' });
}

const newestSource = async (): Promise<string | undefined> =>
  (await admin.get<RestList<{ remote_addr: string }>>('terminal/sessions?limit=1')).results[0]?.remote_addr;

/** Collects what a connection receives until it is closed. */
async function untilClosed(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (data: Buffer) => (text += data.toString('latin1'))).on('error', () => undefined);
  await once(socket, 'close');
  return text;
}

/** Resolves when the gateway has sent its identification. */
async function identified(socket: Socket): Promise<void> {
  let text = '';
  socket.on('data', (data: Buffer) => (text += data.toString('latin1'))).on('error', () => undefined);
  await vi.waitFor(() => expect(text).toMatch(/^SSH-2\.0-/), 10_000);
  socket.destroy();
}

describe('behind a load balancer with PROXY protocol', () => {
  it.each([
    ['1', headerOf('203.0.113.9'), '203.0.113.9'],
    ['2', binaryHeaderOf('203.0.113.10'), '203.0.113.10'],
  ])('the session has the client’s address: version %s', async (_, header, client) => {
    const { code, stdout } = await throughBalancer(header);
    expect([code, stdout.toString()]).toEqual([0, expect.stringContaining('through')]);
    await vi.waitFor(async () => expect(await newestSource()).toBe(client), 10_000);
  });

  it('a client without it is served with its own address, and its header is garbage', async () => {
    expect(await runSsh({ ...demo, command: 'true' })).toMatchObject({ code: 0 });
    await vi.waitFor(async () => expect(await newestSource()).toBe('127.0.0.1'), 10_000);
    const spoof = connectFrom('127.0.0.1', demo.port);
    spoof.write(Buffer.concat([headerOf('203.0.113.9'), Buffer.from('SSH-2.0-OpenSSH_9.2\r\n')]));
    expect(await untilClosed(spoof)).not.toContain('SSH-2.0-OpenSSH_9.2');
  });

  it('penalties meet the client’s address, and no other one behind the same load balancer', async () => {
    const wrong = join(product.data, 'wrong-key');
    writeFileSync(wrong, (await makeSshKey('ed25519', 'wrong')).privateKey, { mode: 0o600 });
    const attack = (): ReturnType<typeof runSsh> => throughBalancer(headerOf('203.0.113.66'), { privateKeyFile: wrong });
    expect((await attack()).stderr).toContain('Permission denied');
    await vi.waitFor(async () => expect((await attack()).stderr).toMatch(/Not allowed at this time|closed by|reset by/), 10_000);
    expect(await throughBalancer(headerOf('203.0.113.67'))).toMatchObject({ code: 0 });
    expect(await throughBalancer(headerOf('203.0.113.66'))).not.toMatchObject({ code: 0 });
  });

  it('a header byte by byte is read, with what follows at once', async () => {
    const slow = connectFrom(BALANCER, demo.port);
    slow.setNoDelay(true);
    await once(slow, 'connect');
    const seen = identified(slow);
    for (const byte of binaryHeaderOf('203.0.113.11')) {
      slow.write(Buffer.from([byte]));
      await sleep(2);
    }
    await seen;
    const quick = connectFrom(BALANCER, demo.port);
    quick.write(Buffer.concat([headerOf('203.0.113.12'), Buffer.from('SSH-2.0-OpenSSH_9.2\r\n')]));
    await identified(quick);
  });

  it('health checks of the load balancer are answered', async () => {
    const check = connectFrom(BALANCER, demo.port);
    check.write(binaryHeaderOf());
    await identified(check);
  });

  it.each([
    ['no header', Buffer.from('SSH-2.0-OpenSSH_9.2\r\n')],
    ['garbage', randomBytes(4_096)],
    ['a header that is too long', Buffer.from(`PROXY UNKNOWN ${'x'.repeat(5_000)}`)],
    ['another family', Buffer.from('PROXY UDP4 203.0.113.9 127.0.0.1 1 2\r\n')],
  ])('a connection of the load balancer with %s is closed without an answer', async (_, bytes) => {
    const socket = connectFrom(BALANCER, demo.port);
    socket.write(bytes);
    expect(await untilClosed(socket)).toBe('');
  });

  it('a header that does not end is waited for as long as a login', async () => {
    const since = performance.now();
    const socket = connectFrom(BALANCER, demo.port);
    socket.write('PROXY TCP4 203.0.113.9 ');
    expect(await untilClosed(socket)).toBe('');
    expect(performance.now() - since).toBeGreaterThan(3_500);
    expect(performance.now() - since).toBeLessThan(9_000);
  });

  it('many connections through it all sign in, wherever they are handed over', async () => {
    const results = await Promise.all(Array.from({ length: 12 }, (_, at) => throughBalancer(binaryHeaderOf(`203.0.113.${100 + at}`))));
    expect(results.map(({ code }) => code)).toEqual(results.map(() => 0));
  });
});
