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
  readonly tap: CommandTap = createCommandTap({
    channel: 1,
    kind: 'shell',
    cols: 80,
    rows: 24,
    emit: (command) => this.commands.push(command),
    onGap: (gap) => this.gaps.push(gap),
    clock: systemClock,
    pool,
  });

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

/** Kills the pool's thread from outside. */
async function killThread(): Promise<void> {
  const threads = (pool as unknown as { threads: { terminate(): Promise<number> }[] }).threads;
  await threads[0]?.terminate();
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
    createCommandTap({ channel: 2, kind: 'exec', commandLine, emit: (command) => reported.push(command), clock: systemClock, pool });
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
