import { fakeClock } from '@sallyport/testkit';
import { expect, it } from 'vitest';
import { ForegroundCommand } from './foreground-command.js';
import { NamedTimers } from './named-timers.js';
import type { ObservedCommand } from './observed-command.js';

function aForeground() {
  const clock = fakeClock();
  const reported: ObservedCommand[] = [];
  const timers = new NamedTimers<'report' | 'editor' | 'silent'>(clock, (error) => expect.unreachable(String(error)));
  const report = (command: ObservedCommand): void => void reported.push(command);
  return { clock, reported, foreground: new ForegroundCommand({ clock, report, timers, left: () => '', partial: () => '' }, undefined) };
}

it('a command is reported at its prompt, with all that it printed', async () => {
  const { clock, foreground, reported } = aForeground();
  foreground.run('make', clock.now());
  for (let second = 0; second < 20; second += 1) {
    await clock.advance(1_000);
    foreground.printed(() => `part ${second}`);
  }
  expect(reported).toEqual([]);
  foreground.finish();
  expect(reported).toMatchObject([{ input: 'make', output: expect.stringMatching(/^part 0\n.*part 19\n$/s), output_truncated: false }]);
});

it('a command that runs for long is reported after 30 s, and its later output at its prompt', async () => {
  const { clock, foreground, reported } = aForeground();
  foreground.run('make world', clock.now());
  foreground.printed(() => 'begun');
  await clock.advance(30_000);
  expect(reported).toMatchObject([{ input: 'make world', output: 'begun\n' }]);
  expect(reported[0]).not.toHaveProperty('output_truncated');
  foreground.printed(() => 'done');
  foreground.finish();
  expect(reported.slice(1)).toMatchObject([{ input: 'make world … (its later output)', output: 'done\n', output_truncated: false }]);
});

it('a command that prints nothing later has one row', async () => {
  const { clock, foreground, reported } = aForeground();
  foreground.run('sleep 60', clock.now());
  await clock.advance(60_000);
  foreground.finish();
  expect(reported).toHaveLength(1);
});

it('the later output of a flood is one row, as long as a row can have', async () => {
  const { clock, foreground, reported } = aForeground();
  foreground.run('yes', clock.now());
  await clock.advance(30_000);
  for (let line = 0; line < 20_000; line += 1) foreground.printed(() => 'y');
  foreground.finish();
  expect(reported.map(({ output }) => output.length)).toEqual([0, 16 * 1024]);
});

it('a line that ends its shell is reported though no prompt comes', async () => {
  const { clock, foreground, reported } = aForeground();
  foreground.run('exit', clock.now());
  await clock.advance(2_000);
  expect(reported).toMatchObject([{ input: 'exit' }]);
});
