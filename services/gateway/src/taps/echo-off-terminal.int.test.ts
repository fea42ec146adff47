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

/** Returns the rows of all kinds of the client's channel, the second. */
const inputs = ({ frames }: Awaited<ReturnType<typeof throughMaster>>): string[] =>
  frames.filter(({ kind, channel }) => kind === FrameKind.command && channel === 2).map(({ json }) => (json as CommandFact).input);

const lines = ['PS1="$ "', 'cd /tmp && pwd', 'cat <<EOF\nkey=value\nEOF', 'echo one two', 'exit'];

it('every line that a client without a terminal of its own sends at once through a master is in the log', async () => {
  const recording = await throughMaster((client) => runSsh({ ...client, flags: ['-tt'], input: `${lines.join('\n')}\n` }));
  expect(recording.facts(FrameKind.channelOpen)).toMatchObject([{ pty: { term: expect.any(String) as string } }, { pty: { echo: false } }]);
  expect(piped(recording)).toEqual(lines);
});

it('every line that it sends one by one is in the log', async () => {
  const recording = await throughMaster(async (client) => {
    const child = spawnSsh(client);
    await child.answers('PS1="next> "', /next> $/);
    await child.answers('cd /tmp && pwd', /\/tmp\s[^]*next> $/);
    await child.answers('cat <<EOF', /> $/);
    await child.answers('key=value', /> $/);
    await child.answers('EOF', /key=value\s[^]*next> $/);
    await child.ends('exit');
  });
  expect(piped(recording)).toEqual(['PS1="next> "', 'cd /tmp && pwd', 'cat <<EOF\nkey=value\nEOF', 'exit']);
});

it('a prompt behind output without a line end makes no row', async () => {
  const recording = await throughMaster(async (client) => {
    const child = spawnSsh(client);
    await child.answers('PS1="next> "', /next> $/);
    await child.answers('python3 -q', />>> $/);
    await child.answers('exit()', /next> $/);
    await child.answers('echo after', /after\s[^]*next> $/);
    await child.ends('exit');
  });
  expect(inputs(recording)).toEqual(['PS1="next> "', 'python3 -q', 'exit()', 'echo after', 'exit']);
});

it('a password is in no row, frame or log line, though the terminal never echoes', async () => {
  const recording = await throughMaster(async (client) => {
    const child = spawnSsh(client);
    await child.answers('PS1="next> "', /next> $/);
    await child.answers('read -s -p "Password: " x', /Password: $/);
    await child.answers('hunter2-asked', /next> $/);
    await child.answers('read -s y', /\n$/);
    await child.answers('hunter2-silent', /next> $/);
    await child.answers('echo after', /after\s[^]*next> $/);
    await child.ends('exit');
  });
  expect(piped(recording)).toEqual([
    'PS1="next> "',
    'read -s -p "Password: " x',
    '(13 bytes of input may be a password and are withheld)',
    'read -s y',
    '(14 bytes of input may be a password and are withheld)',
    'echo after',
    'exit',
  ]);
  expect(recorded(recording)).not.toContain('hunter2');
  expect(g.log.join('')).not.toContain('hunter2');
});

it('a password that su asks for is in no row or frame, whether it is typed ahead or at the question', async () => {
  const recording = await throughMaster(async (client) => {
    const child = spawnSsh(client);
    await child.answers('PS1="next> "', /next> $/);
    await child.answers('su -c id nobody\nhunter2-ahead', /Password: $/);
    // su drops what was typed ahead.
    await child.answers('hunter2-asked', /failure\s[^]*next> $/);
    await child.answers('echo after', /after\s[^]*next> $/);
    await child.ends('exit');
  });
  expect(recorded(recording)).not.toContain('hunter2');
  expect(piped(recording)).toEqual(expect.arrayContaining(['su -c id nobody', 'echo after', 'exit']));
});

it('a line behind a command that could ask and does not is in the log', async () => {
  const input = 'sudo -n true 2>/dev/null; true\ntouch /tmp/hidden-behind-sudo\nexit\n';
  const recording = await throughMaster((client) => runSsh({ ...client, flags: ['-tt'], input }));
  expect(piped(recording)).toContain('touch /tmp/hidden-behind-sudo');
});

const recorded = (recording: Awaited<ReturnType<typeof throughMaster>>): string =>
  Buffer.concat(recording.frames.map(({ payload }) => payload)).toString();

/** Starts a client whose input stays open. */
function spawnSsh({ port, user, privateKeyFile = '', options }: SshTarget & { options: string[] }) {
  const settings = options.flatMap((option) => ['-o', option]);
  const args = ['-tt', '-F', 'none', ...settings, '-i', privateKeyFile, '-p', String(port), '-l', user, '127.0.0.1'];
  const child = spawn('ssh', args, { stdio: ['pipe', 'pipe', 'ignore'] });
  const closed = new Promise((resolve) => child.once('close', resolve));
  let shown = '';
  child.stdout.on('data', (data: Buffer) => (shown += data.toString()));
  return {
    /** Sends a line, and waits until the output behind it ends with `pattern`. */
    answers: async (line: string, pattern: RegExp): Promise<void> => {
      const from = shown.length;
      child.stdin.write(`${line}\n`);
      await vi.waitFor(() => expect(shown.slice(from)).toMatch(pattern), 15_000);
    },
    ends: async (line: string): Promise<void> => {
      child.stdin.write(`${line}\n`);
      await closed;
    },
  };
}
