import { setTimeout as sleep } from 'node:timers/promises';
import { spawn } from 'node:child_process';
import { FrameKind, type CommandFact } from '@sallyport/recording-format';
import { openShell, runSsh, type SshTarget } from '@sallyport/testkit';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { aGateway, type TestGateway } from '../../test/a-gateway.js';

let g: TestGateway;
let count = 0;
beforeAll(async () => {
  g = await aGateway();
});
afterAll(() => g.stop());

/** Runs `use` with a client that shares the connection of a master, and has no terminal on its own side. Returns the recording. */
async function throughMaster(use: (client: SshTarget & { options: string[] }) => Promise<unknown>) {
  const options = [`ControlPath=${g.folder.path}/control-${(count += 1)}`];
  const master = openShell({ ...g.alice(), options: ['ControlMaster=yes', ...options] });
  master.type('echo $((40+2))\n');
  await master.expect('42');
  await use({ ...g.alice(), options });
  master.type('exit\n');
  await master.exited;
  const recording = g.recordings.last;
  await vi.waitFor(() => expect(recording.isClosed).toBe(true), 8_000);
  return recording;
}

const piped = (recording: Awaited<ReturnType<typeof throughMaster>>): string[] =>
  recording
    .facts(FrameKind.command)
    .map((fact) => fact as CommandFact)
    .filter(({ kind }) => kind === 'piped')
    .map(({ input }) => input);

const lines = ['PS1="$ "', 'cd /tmp && pwd', 'cat <<EOF\nkey=value\nEOF', 'echo one two', 'exit'];

it('every line that a client without a terminal of its own sends at once through a master is in the log', async () => {
  const recording = await throughMaster((client) => runSsh({ ...client, flags: ['-tt'], input: `${lines.join('\n')}\n` }));
  expect(recording.facts(FrameKind.channelOpen)).toMatchObject([{ pty: { term: expect.any(String) as string } }, { pty: { echo: false } }]);
  expect(piped(recording)).toEqual(lines);
});

it('every line that it sends one by one is in the log', async () => {
  const recording = await throughMaster(async (client) => {
    const child = spawnSsh(client);
    for (const line of lines) {
      child.stdin.write(`${line}\n`);
      await sleep(250);
    }
    await child.closed;
  });
  expect(piped(recording)).toEqual(lines);
});

it('a password is in no row, frame or log line, though the terminal never echoes', async () => {
  const recording = await throughMaster(async (client) => {
    const child = spawnSsh(client);
    for (const line of ['read -s -p "Password: " x', 'hunter2-asked', 'read -s y', 'hunter2-silent', 'echo after', 'exit']) {
      child.stdin.write(`${line}\n`);
      await sleep(250);
    }
    await child.closed;
  });
  expect(piped(recording)).toEqual([
    'read -s -p "Password: " x',
    '(13 bytes of input may be a password and are withheld)',
    'read -s y',
    '(14 bytes of input may be a password and are withheld)',
    'echo after',
    'exit',
  ]);
  expect(Buffer.concat(recording.frames.map(({ payload }) => payload)).toString()).not.toContain('hunter2');
  expect(g.log.join('')).not.toContain('hunter2');
});

/** Starts a client whose input stays open. */
function spawnSsh({ port, user, privateKeyFile = '', options }: SshTarget & { options: string[] }) {
  const args = [
    '-tt',
    '-F',
    'none',
    ...options.flatMap((option) => ['-o', option]),
    '-i',
    privateKeyFile,
    '-p',
    String(port),
    '-l',
    user,
    '127.0.0.1',
  ];
  const child = spawn('ssh', args, { stdio: ['pipe', 'ignore', 'ignore'] });
  return { stdin: child.stdin, closed: new Promise((resolve) => child.once('close', resolve)) };
}
