import { systemClock } from '@sallyport/context';
import { afterEach, expect, it, vi } from 'vitest';
import type { ObservedCommand, CommandGap } from './observed-command.js';
import { createCommandTap, type CommandTap } from './command-tap.js';
import { createTerminalPool, type TerminalPool, type TerminalPoolOptions } from './terminal-pool.js';

const PROMPT = '\x1b[?2004hme@h:~$ ';
const threadFile = new URL('../../../dist/taps/commands/terminal-thread.js', import.meta.url);
let pool: TerminalPool;
const faults: string[] = [];
afterEach(() => pool.close());

const start = (options: Partial<TerminalPoolOptions> = {}): void => {
  faults.length = 0;
  pool = createTerminalPool({ clock: systemClock, threadFile, onFault: (message) => faults.push(message), ...options });
};

class Channel {
  readonly commands: ObservedCommand[] = [];
  readonly gaps: CommandGap[] = [];
  readonly tap: CommandTap;

  constructor(session = 's-1', cols = 80, rows = 24) {
    this.tap = createCommandTap({
      ...{ session, channel: 1, kind: 'shell', cols, rows, clock: systemClock, pool },
      emit: (command) => this.commands.push(command),
      onGap: (gap) => this.gaps.push(gap),
    });
  }

  show(text: string): void {
    this.tap.output(Buffer.from(text));
  }

  run(line: string, output: string): void {
    this.tap.input(Buffer.from(`${line}\r`));
    this.show(`${line}\r\n\x1b[?2004l\r${output}${PROMPT}`);
  }

  async until(count: number): Promise<void> {
    for (let waited = 0; this.commands.length < count && waited < 5000; waited += 10) await systemClock.sleep(10);
  }
}

it('keeps many terminals apart and reports each command within a second', async () => {
  start({ threads: 2 });
  const channels = Array.from({ length: 40 }, () => new Channel());
  for (const channel of channels) channel.show(PROMPT);
  // The first command also waits for its thread to start, once per process.
  for (const channel of channels) channel.run('true', '');
  await Promise.all(channels.map((channel) => channel.until(1)));
  const from = performance.now();
  channels.forEach((channel, i) => channel.run(`echo ${i}`, `${i}\r\n`));
  await Promise.all(channels.map((channel) => channel.until(2)));
  expect(performance.now() - from).toBeLessThan(1000);
  const reported = channels.map(({ commands }) => commands.map(({ input, output }) => [input, output]));
  expect(reported).toEqual(
    channels.map((_, i) => [
      ['true', ''],
      [`echo ${i}`, `${i}\n`],
    ]),
  );
  // Ended by the prompt, not by the time after which a command is reported anyway.
  for (const { commands } of channels)
    for (const { startedAtMs, endedAtMs } of commands) expect(endedAtMs - startedAtMs).toBeLessThan(2000);
  await Promise.all(channels.map((channel) => channel.tap.close()));
  expect(pool.size).toBe(0);
  expect(pool.queuedBytes).toBe(0);
});

it('skips to the newest output when it comes too fast, and continues to find commands', async () => {
  start();
  const channel = new Channel();
  channel.show(PROMPT);
  channel.run('echo before', 'before\r\n');
  channel.tap.input(Buffer.from('cat big\r'));
  channel.show('cat big\r\n\x1b[?2004l\r');
  await channel.until(1);
  const line = 'x'.repeat(76) + '\r\n';
  const block = Buffer.from(line.repeat(840));
  const from = performance.now();
  for (let i = 0; i < 800; i += 1) channel.tap.output(block);
  expect(performance.now() - from).toBeLessThan(1500);
  expect(pool.queuedBytes).toBeLessThan(400 * 1024);
  channel.show(PROMPT);
  await channel.until(2);
  channel.run('echo after', 'after\r\n');
  await channel.tap.close();
  expect(channel.commands.map(({ input }) => input)).toEqual(['echo before', 'cat big', 'echo after']);
  expect(channel.gaps.length).toBeGreaterThan(0);
  expect(channel.gaps.reduce((sum, gap) => sum + gap.skippedBytes, 0)).toBeGreaterThan(40 * 1024 * 1024);
});

it('limits the bytes of all terminals together', () => {
  start({ limits: { poolBytes: 1024 * 1024 } });
  const channels = Array.from({ length: 50 }, () => new Channel());
  for (let round = 0; round < 10; round += 1) for (const channel of channels) channel.show('y'.repeat(20_000));
  expect(pool.queuedBytes).toBeLessThan(1024 * 1024 + 50 * 128);
});

it('continues after a thread died', async () => {
  start();
  const channel = new Channel();
  channel.show(PROMPT);
  channel.run('echo before', 'before\r\n');
  await channel.until(1);
  await killThread();
  await vi.waitFor(() => expect(channel.gaps).not.toEqual([]), 5_000);
  channel.show(PROMPT);
  channel.run('echo after', 'after\r\n');
  await channel.tap.close();
  expect(channel.commands.map(({ input }) => input)).toEqual(['echo before', 'echo after']);
  expect(channel.gaps).toMatchObject([{ why: 'worker-lost' }]);
  expect(faults).not.toEqual([]);
});

/** Runs three commands of a user while others load the thread, and closes the channel at once. */
async function runBeside(attack: () => void): Promise<Channel> {
  const victim = new Channel('victim');
  victim.show(PROMPT);
  victim.run('true', '');
  await victim.until(1);
  attack();
  for (const line of ['touch a', 'touch b', 'touch c']) victim.run(line, '');
  await victim.tap.close();
  return victim;
}

it('1,000 changes of the size of four large terminals cost another user no command', async () => {
  start();
  const large = Array.from({ length: 4 }, () => new Channel('attacker', 1000, 1000));
  for (const channel of large) channel.show('x'.repeat(200_000));
  const from = performance.now();
  const victim = await runBeside(() => {
    for (const channel of large)
      for (let i = 0; i < 1_000; i += 1) {
        channel.tap.resize(i % 2 ? 1000 : 1, 1000);
        channel.show('x');
      }
  });
  expect(victim.commands.map(({ input }) => input)).toEqual(['true', 'touch a', 'touch b', 'touch c']);
  expect(victim.gaps).toEqual([]);
  // The load of the four terminals alone takes longer than this.
  expect(performance.now() - from).toBeLessThan(5_000);
});

it.each([
  ['scrolls 2^31 lines with one sequence', '\x1b[2147483647S'],
  ['inserts 2^31 lines with one sequence', '\x1b[2147483647L'],
  ['repeats a character 2^31 times', 'x\x1b[2147483647b'],
  ['erases a screen 16,000 times', '\x1b[2J'.repeat(16_000)],
])('a terminal that %s costs another user no command', async (_, text) => {
  start();
  const loud = Array.from({ length: 4 }, (__, i) => new Channel(`loud-${i}`, 300, 100));
  const victim = await runBeside(() => loud.forEach((channel) => channel.show(text)));
  expect(victim.commands.map(({ input }) => input)).toEqual(['true', 'touch a', 'touch b', 'touch c']);
  expect(victim.gaps).toEqual([]);
});

it('commands are found after the channel has closed, however long the thread has other work', async () => {
  start();
  const channels = Array.from({ length: 20 }, (_, i) => new Channel(`s-${i}`, 500, 200));
  for (const channel of channels) {
    channel.show(PROMPT);
    for (let i = 0; i < 3; i += 1) channel.run(`echo ${i}`, '\x1b[2J'.repeat(80));
  }
  await Promise.all(channels.map((channel) => channel.tap.close()));
  for (const { commands, gaps } of channels) {
    expect(commands.map(({ input }) => input)).toEqual(['echo 0', 'echo 1', 'echo 2']);
    expect(gaps).toEqual([]);
  }
});

it('sessions that fill the memory of all terminals do not cost another user commands', async () => {
  start({ limits: { poolBytes: 1024 * 1024 } });
  const loud = Array.from({ length: 30 }, (_, i) => new Channel(`loud-${i}`));
  const victim = await runBeside(() => {
    for (let round = 0; round < 10; round += 1) for (const channel of loud) channel.show('y'.repeat(20_000));
  });
  expect(victim.commands.map(({ input }) => input)).toEqual(['true', 'touch a', 'touch b', 'touch c']);
  expect(victim.gaps).toEqual([]);
});

it('output that no thread has looked at when the gateway stops is a gap', async () => {
  start();
  const channel = new Channel('s-1', 1000, 500);
  channel.show(PROMPT);
  channel.run('echo before', 'before\r\n');
  await channel.until(1);
  for (let i = 0; i < 100; i += 1) channel.show('\x1b[2J'.repeat(500));
  const closing = channel.tap.close();
  await pool.close();
  await closing;
  expect(channel.gaps).toMatchObject([{ why: 'stopped' }]);
  expect(channel.gaps[0]?.skippedBytes).toBeGreaterThan(100_000);
  expect(channel.gaps[0]?.fromMs).toBeLessThanOrEqual(channel.gaps[0]?.toMs ?? 0);
});

/** Kills the pool's thread from outside. */
async function killThread(): Promise<void> {
  const { threads } = pool as unknown as { threads: { worker: { terminate(): Promise<number> } }[] };
  await threads[0]?.worker.terminate();
}

it('accepts garbage and tiny sizes silently', async () => {
  start();
  const channel = new Channel();
  channel.tap.resize(0, 0);
  for (let i = 0; i < 200; i += 1) channel.tap.output(Buffer.from(Array.from({ length: 500 }, (_, k) => (i * 31 + k * 17) % 256)));
  channel.tap.input(Buffer.from([0, 255, 27, 91, 13]));
  channel.tap.resize(80, 24);
  channel.show(`\x1bc${PROMPT}`);
  await channel.tap.close();
  expect(faults).toEqual([]);
});

it('reports an exec request with its output as text, and without binary output', async () => {
  start();
  const reported: ObservedCommand[] = [];
  const tapOf = (commandLine: string) =>
    createCommandTap({
      session: 's-1',
      channel: 2,
      kind: 'exec',
      commandLine,
      emit: (command) => reported.push(command),
      clock: systemClock,
      pool,
    });
  const text = tapOf('ls -l | wc');
  text.output(Buffer.from('\x1b[31mred\x1b[0m\r\nline\n'));
  await text.close();
  const binary = tapOf('tar c .');
  binary.output(Buffer.from([0, 1, 2, 255]));
  await binary.close();
  const long = tapOf('yes');
  for (let i = 0; i < 100; i += 1) long.output(Buffer.from('y\n'.repeat(1000)));
  await long.close();
  expect(reported).toMatchObject([
    { kind: 'exec', input: 'ls -l | wc', output: 'red\nline\n' },
    { input: 'tar c .', output: '' },
    { input: 'yes' },
  ]);
  expect(Buffer.byteLength(reported[2]?.output ?? '')).toBe(16 * 1024);
});

it('ends a thread that no terminal uses for a minute, and starts one for the next terminal', async () => {
  let aheadMs = 0;
  start({ clock: { ...systemClock, monotonic: () => systemClock.monotonic() + aheadMs } });
  expect(pool.running).toBe(0);
  for (const each of ['first', 'second']) {
    const channel = new Channel();
    channel.show(PROMPT);
    channel.run(`echo ${each}`, `${each}\r\n`);
    await channel.until(1);
    expect(channel.commands).toMatchObject([{ input: `echo ${each}` }]);
    expect(pool.running).toBe(1);
    await channel.tap.close();
    aheadMs += 61_000;
    await vi.waitUntil(() => pool.running === 0, { timeout: 5_000 });
  }
  expect(faults).toEqual([]);
});
