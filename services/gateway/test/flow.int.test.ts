import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock, type Clock } from '@sallyport/context';
import { runSsh, sha256Hex, untilStill } from '@sallyport/testkit';
import { aGateway, type TestGateway } from './a-gateway.js';

let g: TestGateway;
/** True: the hourly key re-exchange comes every 40 ms, on both connections. */
let isRekeying = false;
const clock: Clock = { ...systemClock, timeout: (ms, call) => systemClock.timeout(isRekeying && ms === 3_600_000 ? 40 : ms, call) };

beforeAll(async () => {
  g = await aGateway({ clock });
});
afterAll(() => g.stop());

const input = randomBytes(8_000_000);

describe('bytes', () => {
  it.each([
    ['the client', 'aes128-gcm@openssh.com', ['RekeyLimit=512K']],
    ['the client', 'aes256-ctr', ['RekeyLimit=512K', 'MACs=hmac-sha2-256-etm@openssh.com']],
    ['the client', 'aes192-ctr', ['RekeyLimit=512K', 'MACs=hmac-sha2-512']],
  ])('arrive whole in both directions while %s re-exchanges keys all the time (%s)', async (_, cipher, options) => {
    const result = await runSsh({ ...g.alice(), options: [`Ciphers=${cipher}`, ...options], command: 'cat', input });
    expect([result.code, sha256Hex(result.stdout)]).toEqual([0, sha256Hex(input)]);
  });

  it('arrive whole in both directions while the gateway re-exchanges keys on both connections', async () => {
    isRekeying = true;
    const result = await runSsh({ ...g.alice(), options: ['LogLevel=DEBUG1'], command: 'cat', input });
    isRekeying = false;
    expect([result.code, sha256Hex(result.stdout)]).toEqual([0, sha256Hex(input)]);
    expect(result.stderr.match(/SSH2_MSG_KEXINIT received/g)?.length).toBeGreaterThan(2);
  });

  it('that an asset does not read stay with the client, except for a bounded amount', async () => {
    const before = process.memoryUsage();
    const { user, port, privateKeyFile = '' } = g.alice();
    const where = [
      '-F',
      '/dev/null',
      '-o',
      'StrictHostKeyChecking=no',
      '-o',
      'UserKnownHostsFile=/dev/null',
      '-o',
      'LogLevel=ERROR',
      '-i',
      privateKeyFile,
      '-p',
      String(port),
      '-l',
      user,
    ];
    const client = spawn('ssh', [...where, '127.0.0.1', 'sleep 100'], { stdio: ['pipe', 'ignore', 'ignore'] });
    let taken = 0;
    const chunk = Buffer.alloc(256 * 1024);
    client.stdin.on('error', () => undefined);
    const offer = (): void => void client.stdin.write(chunk, (error) => error ?? ((taken += chunk.length), offer()));
    offer();
    await vi.waitFor(() => expect(taken).toBeGreaterThan(0), 10_000);
    await untilStill(() => taken);
    client.kill('SIGKILL');
    expect(taken).toBeLessThan(12 * 1024 * 1024); // the windows of both sides, and the buffers of pipes and sockets
    expect(process.memoryUsage().arrayBuffers - before.arrayBuffers).toBeLessThan(32 * 1024 * 1024);
  });

  it('that the client no longer reads end their sender', async () => {
    const { user, port, privateKeyFile = '' } = g.alice();
    const line = `ssh -F /dev/null -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -i ${privateKeyFile} -p ${port} -l ${user} 127.0.0.1 'yes; exit 0' | head -n 1`;
    const client = spawn('sh', ['-c', line], { stdio: ['ignore', 'pipe', 'ignore'] });
    const shown: Buffer[] = [];
    client.stdout.on('data', (data: Buffer) => shown.push(data));
    const startedAt = performance.now();
    await new Promise((resolve) => client.once('close', resolve));
    expect(Buffer.concat(shown).toString()).toBe('y\n');
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });

  it('that begin with Ctrl-C, sent while the asset is dialled, arrive unchanged', async () => {
    const data = Buffer.concat([Buffer.of(3), randomBytes(100_000)]);
    const result = await runSsh({ ...g.alice(), command: 'cat', input: data });
    expect(sha256Hex(result.stdout)).toBe(sha256Hex(data));
  });
});
