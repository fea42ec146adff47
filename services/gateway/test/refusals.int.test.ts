import { readFile } from 'node:fs/promises';
import { createServer, connect, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { EndReason, HostKeyVerdict, RecordingMode } from '@sallyport/proto-gen/access/v1/session';
import { FrameKind } from '@sallyport/recording-format';
import { freePort, makeSshKey, openShell, runSsh } from '@sallyport/testkit';
import { aGateway, type TestGateway } from './a-gateway.js';

let g: TestGateway;
/** An asset that counts connections. */
let trap: Server;
let dials = 0;
beforeAll(async () => {
  g = await aGateway();
  trap = createServer((socket) => {
    dials += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  trap.close();
  await g.stop();
});

const lastClosed = (): object => g.core.closed.at(-1) ?? {};

describe('a target that may not be reached', () => {
  it('is refused with core’s message, and no asset is dialled', async () => {
    g.core.assets.push({
      name: 'secret',
      address: '127.0.0.1',
      port: (trap.address() as { port: number }).port,
      accounts: { root: { password: 'x' } },
    });
    for (const target of ['@root@nowhere', '@nobody@secret', '@root@127.0.0.9']) {
      const result = await runSsh({ ...g.alice(target), command: 'true' });
      expect(result).toMatchObject({ code: 255, stdout: Buffer.alloc(0) });
      expect(result.stderr).toContain('You may not use');
    }
    expect([dials, g.recordings.all.length]).toEqual([0, 0]);
  });

  it('that a command or a transfer needs, but the login does not name, is asked for', async () => {
    const menu = g.alice('');
    for (const run of [
      runSsh({ ...menu, command: 'true' }),
      runSsh({ ...menu, flags: ['-T'] }),
      runSsh({ ...menu, flags: ['-s'], command: 'sftp' }),
    ]) {
      const result = await run;
      expect(result.code).toBe(255);
      expect(result.stderr).toMatch(/user@account@asset/);
    }
  });

  it('with several accounts is refused with their names if the gateway can’t ask', async () => {
    g.core.assets.push({ name: 'two', address: '127.0.0.1', port: 1, accounts: { root: { password: 'x' }, deploy: { password: 'y' } } });
    const result = await runSsh({ ...g.alice('#two'), command: 'true' });
    expect(result.stderr).toContain('several accounts on two: root, deploy');
  });
});

describe('an asset', () => {
  it('that is down ends the client with exit code 255, and core receives the reason', async () => {
    g.core.assets.push({ name: 'down', address: '127.0.0.1', port: await freePort(), accounts: { root: { password: 'x' } } });
    const result = await runSsh({ ...g.alice('@root@down'), command: 'true' });
    expect(result).toMatchObject({ code: 255 });
    expect(result.stderr).toContain("The asset can't be reached: connection refused");
    await vi.waitFor(() => expect(lastClosed()).toMatchObject({ reason: EndReason.DIAL_FAILED }), 5_000);
    expect(g.recordings.last.facts(FrameKind.end)).toMatchObject([{ reason: 'dial-failed' }]);
  });

  it('that refuses the account is named in the error, and the secret appears nowhere', async () => {
    g.core.assets.push({ name: 'denies', address: '127.0.0.1', port: g.sshd.port, accounts: { [g.account]: { password: 'canary-5e1f' } } });
    const result = await runSsh({ ...g.alice(`@${g.account}@denies`), command: 'true' });
    expect(result).toMatchObject({ code: 255 });
    expect(result.stderr).toContain(`did not accept the password of account "${g.account}"`);
    await vi.waitFor(() => expect(lastClosed()).toMatchObject({ reason: EndReason.DIAL_FAILED }), 5_000);
    const everything =
      g.log.join('') +
      JSON.stringify(g.recordings.all.map(({ frames, meta }) => [meta, frames.map(({ payload }) => payload.toString())])) +
      JSON.stringify(lastClosed(), (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v));
    expect(everything).not.toContain('canary-5e1f');
  });

  it('whose host key changed is refused before any credential is sent, and core receives the key', async () => {
    const other = await makeSshKey('ed25519', 'other');
    const pinned = [{ algorithm: 'ssh-ed25519', blob: Buffer.from(other.publicKey.split(' ')[1] ?? '', 'base64') }];
    g.core.assets.push({
      name: 'changed',
      address: '127.0.0.1',
      port: g.sshd.port,
      accounts: { [g.account]: { password: 'never-sent' } },
      pinned,
    });
    g.core.reportedKeys.length = 0;
    const result = await runSsh({ ...g.alice(`@${g.account}@changed`), command: 'true' });
    expect(result).toMatchObject({ code: 255 });
    expect(result.stderr).toMatch(/host key of changed is not the one that is known.*SHA256:/);
    expect(g.core.reportedKeys).toHaveLength(1);
    await vi.waitFor(() => expect(lastClosed()).toMatchObject({ reason: EndReason.HOST_KEY_CHANGED }), 5_000);
    g.core.assets.pop();
  });

  it('whose first host key is not approved is refused before any credential is sent', async () => {
    g.core.firstKey = HostKeyVerdict.UNKNOWN;
    const sent = async (): Promise<number> => ((await readFile(g.sshd.logFile, 'utf8')).match(/(Accepted|Failed) \w+ for/g) ?? []).length;
    const before = await sent();
    const result = await runSsh({ ...g.alice(`@${g.account}@web-1`), command: 'true' });
    g.core.firstKey = HostKeyVerdict.TRUSTED;
    expect(result).toMatchObject({ code: 255 });
    expect(result.stderr).toMatch(/host key of web-1 is not approved yet.*SHA256:.*No credential was sent/);
    expect(await sent()).toBe(before);
  });

  it('whose key is pinned is reached without a question to core', async () => {
    const [line = ''] = g.sshd.hostKeys;
    const [algorithm = '', blob = ''] = line.split(' ');
    const [web] = g.core.assets;
    g.core.assets.unshift({
      ...(web ?? { name: '', address: '', port: 0, accounts: {} }),
      name: 'pinned',
      pinned: [{ algorithm, blob: Buffer.from(blob, 'base64') }],
    });
    g.core.reportedKeys.length = 0;
    expect((await runSsh({ ...g.alice(`@${g.account}@pinned`), command: 'echo in' })).stdout.toString()).toBe('in\n');
    expect(g.core.reportedKeys).toEqual([]);
    g.core.assets.shift();
  });

  it('that presents one of several pinned keys is reached, and core receives which one', async () => {
    const pinned = g.sshd.hostKeys.map((line) => ({
      algorithm: line.split(' ')[0] ?? '',
      blob: Buffer.from(line.split(' ')[1] ?? '', 'base64'),
    }));
    expect(pinned.length).toBeGreaterThan(1);
    const [web] = g.core.assets;
    g.core.assets.unshift({ ...(web ?? { name: '', address: '', port: 0, accounts: {} }), name: 'pinned', pinned });
    g.core.reportedKeys.length = 0;
    expect((await runSsh({ ...g.alice(`@${g.account}@pinned`), command: 'echo in' })).stdout.toString()).toBe('in\n');
    await vi.waitFor(() => expect(g.core.reportedKeys).toHaveLength(1), 5_000);
    g.core.assets.shift();
  });

  it('is not dialled if a strict session can’t be recorded', async () => {
    g.core.grantChanges.recordingMode = RecordingMode.STRICT;
    const before = dials;
    const open = vi.spyOn(g.recordings, 'open').mockImplementationOnce((meta, mode) => {
      const recording = g.recordings.open(meta, mode);
      recording.onUnrecordable = (call) => call('no room');
      return recording;
    });
    const result = await runSsh({ ...g.alice('@root@secret'), command: 'true' });
    open.mockRestore();
    delete g.core.grantChanges.recordingMode;
    expect(result.code).toBe(255);
    expect(result.stderr).toContain('can no longer be recorded');
    expect(dials).toBe(before);
  });
});

describe('a request that the gateway does not serve', () => {
  it.each([
    ['a local forward', ['-o', 'ExitOnForwardFailure=yes', '-W', '127.0.0.1:9']],
    ['a remote forward', ['-o', 'ExitOnForwardFailure=yes', '-R', '0:127.0.0.1:9']],
  ])('%s is refused and logged', async (_, flags) => {
    const before = g.log.length;
    const result = await runSsh({ ...g.alice(), flags, ...(flags.includes('-W') ? {} : { command: 'true' }) });
    expect(result.code).toBe(255);
    expect(g.log.slice(before).join('')).toContain('request refused');
  });

  it('an unknown subsystem is refused at once', async () => {
    const result = await runSsh({ ...g.alice(), flags: ['-s'], command: 'netconf' });
    expect(result.code).not.toBe(0);
    expect(result.stderr).toContain('subsystem request failed');
  });

  it('an agent is not forwarded to the asset', async () => {
    const shell = openShell({ ...g.alice(), flags: ['-A'], command: 'echo [$SSH_AUTH_SOCK]' });
    await shell.expect('[]');
    await shell.exited;
  });

  it('old algorithms and bytes before the protocol are refused', async () => {
    for (const option of ['KexAlgorithms=diffie-hellman-group14-sha1', 'Ciphers=3des-cbc', 'MACs=hmac-sha1']) {
      const options = ['LogLevel=INFO', option, ...(option.startsWith('MACs') ? ['Ciphers=aes128-ctr'] : [])];
      expect((await runSsh({ ...g.alice(), options, command: 'true' })).stderr).toContain('no matching');
    }
    const socket = connect({ host: '127.0.0.1', port: g.port });
    socket.write('GET / HTTP/1.1\r\n\r\n');
    socket.resume();
    await new Promise<void>((resolve) => socket.once('close', () => resolve()));
  });
});
