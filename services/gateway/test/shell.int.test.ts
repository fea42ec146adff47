import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readFile } from 'node:fs/promises';
import { systemClock } from '@sallyport/context';
import { FrameKind } from '@sallyport/recording-format';
import { openShell, runSsh } from '@sallyport/testkit';
import { SshWriter } from '@sallyport/ssh';
import { createSshDialer } from '../src/ssh/index.js';
import { aGateway, type TestGateway } from './a-gateway.js';

let g: TestGateway;
beforeAll(async () => {
  g = await aGateway();
});
afterAll(() => g.stop());

describe('a shell', () => {
  it('follows the size of the terminal and exits with its code, and its commands are recorded', async () => {
    const shell = openShell({ ...g.alice(), columns: 100, rows: 30 });
    shell.type('PS1="ready> "; stty size; echo $TERM\n');
    await shell.expect(/30 100/);
    await shell.expect('ready> ');
    shell.resize(90, 20);
    shell.type('stty size\n');
    await shell.expect(/20 90/);
    shell.type('echo one two | tr a-z A-Z\n');
    await shell.expect('ONE TWO');
    shell.type('exit 4\n');
    expect(await shell.exited).toBe(4);
    const recording = g.recordings.last;
    await vi.waitFor(() => expect(recording.isClosed).toBe(true), 8_000);
    expect(recording.facts(FrameKind.channelOpen)).toMatchObject([{ kind: 'shell', pty: { cols: 100, rows: 30 } }]);
    expect(recording.facts(FrameKind.resize)).toEqual([{ cols: 90, rows: 20 }]);
    expect(recording.text(1)).toContain('ONE TWO');
    const inputs = recording.facts(FrameKind.command).map((command) => (command as { input: string }).input);
    expect(inputs).toContain('echo one two | tr a-z A-Z');
    expect(inputs).toContain('stty size');
  });

  it('receives the terminal modes of the client', async () => {
    const shell = openShell({ ...g.alice(), command: 'stty -a' });
    await shell.expect(/intr = \^C/);
    await shell.exited;
    const direct = openShell({ port: g.sshd.port, user: g.account, privateKeyFile: g.sshd.logins[0].privateKeyFile, command: 'stty -a' });
    await direct.expect(/intr = \^C/);
    await direct.exited;
    expect(shell.shown()).toBe(direct.shown());
  });

  it('without a terminal reads its input to EOF', async () => {
    const result = await runSsh({ ...g.alice(), flags: ['-T'], input: 'echo out; echo err >&2; exit 9\n' });
    expect([result.code, result.stdout.toString(), result.stderr]).toEqual([9, 'out\n', 'err\n']);
  });

  it('receives language variables and no others', async () => {
    const options = ['SetEnv=LC_TEST=passed LANG=C.UTF-8 BASH_ENV=/tmp/evil FOO=bar'];
    const result = await runSsh({ ...g.alice(), options, command: 'echo $LC_TEST:$BASH_ENV:$FOO' });
    expect(result.stdout.toString()).toBe('passed::\n');
  });

  it('relays Ctrl-C', async () => {
    const shell = openShell({
      ...g.alice(),
      command: `sh -c 'trap "echo caught; exit 5" INT; echo $((40+2)); while :; do sleep 0.1; done'`,
    });
    await shell.expect('42');
    shell.type('\u0003');
    await shell.expect('caught');
    expect(await shell.exited).toBe(5);
  });

  it('relays a signal request', async () => {
    const { user, port, privateKeyFile } = g.alice();
    const dialer = createSshDialer({ clock: systemClock, timeoutMs: 5_000, loginMs: 10_000, keepaliveMs: 30_000 });
    const pem = await readFile(privateKeyFile ?? '', 'utf8');
    const target = { host: '127.0.0.1', port, preferredHostKeys: [], signal: AbortSignal.timeout(10_000) };
    const connection = await dialer.dial(target, { username: user, secret: { kind: 'private-key', pem } }, () => Promise.resolve());
    const channel = await connection.openChannel({ kind: 'session' });
    const exit = Promise.withResolvers<number>();
    channel.attach({
      onData: () => channel.notify('signal', new SshWriter().writeString('TERM').finish(), 'at-once'),
      onRequest: ({ type, payload }) => type === 'exit-status' && exit.resolve(payload.readUInt32BE()),
      onEof: () => undefined,
      onClose: () => exit.resolve(-1),
      onDrain: () => undefined,
    });
    const script = `sh -c 'trap "exit 6" TERM; echo ready; while :; do sleep 0.1; done'`;
    expect(await channel.request('exec', new SshWriter().writeString(script).finish())).toBe(true);
    expect(await exit.promise).toBe(6);
    connection.disconnect('done');
  });
});
