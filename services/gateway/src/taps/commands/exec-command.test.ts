import { fakeClock } from '@sallyport/testkit';
import { expect, it } from 'vitest';
import type { ObservedCommand } from './observed-command.js';
import { ExecCommand } from './exec-command.js';

function exec() {
  const clock = fakeClock();
  const reported: ObservedCommand[] = [];
  return { clock, reported, command: new ExecCommand('x', clock, (fact) => reported.push(fact)) };
}

it('reports whole output as whole', () => {
  const { command, reported } = exec();
  command.output(Buffer.from('hello\n'));
  command.end();
  expect(reported).toMatchObject([{ output: 'hello\n', output_truncated: false, output_bytes: 6 }]);
});

it('reports truncated output as truncated, and its length', () => {
  const { command, reported } = exec();
  for (let line = 0; line < 1000; line += 1) command.output(Buffer.from(`${'x'.repeat(99)}\n`));
  command.end();
  expect(reported).toMatchObject([{ output_truncated: true, output_bytes: 100_000 }]);
  expect(reported[0]?.output).toHaveLength(16 * 1024);
});

it('reports output that is not text as truncated', () => {
  const { command, reported } = exec();
  command.output(Buffer.alloc(500));
  command.end();
  expect(reported).toMatchObject([{ output: '', output_truncated: true, output_bytes: 500 }]);
});

it('reports no truncation of a command that runs for long, unless output is missing already', async () => {
  const [short, long] = [exec(), exec()];
  short.command.output(Buffer.from('first\n'));
  long.command.output(Buffer.alloc(20_000, 'x'));
  await Promise.all([short.clock.advance(30_000), long.clock.advance(30_000)]);
  expect(short.reported).toMatchObject([{ output: 'first\n' }]);
  expect(short.reported[0]).not.toHaveProperty('output_truncated');
  expect(long.reported).toMatchObject([{ output_truncated: true, output_bytes: 20_000 }]);
});

it('reports a command that takes seconds with all of its output', async () => {
  const { clock, command, reported } = exec();
  await clock.advance(3_000);
  command.output(Buffer.from('slow\n'));
  command.end();
  expect(reported).toMatchObject([{ input: 'x', output: 'slow\n', output_truncated: false }]);
});

it('reports the later output of a command that runs for long at its end', async () => {
  const { clock, command, reported } = exec();
  command.output(Buffer.from('first\n'));
  await clock.advance(30_000);
  command.output(Buffer.from('last\n'));
  command.end();
  expect(reported).toMatchObject([
    { input: 'x', output: 'first\n' },
    { input: 'x … (its later output)', output: 'last\n', output_truncated: false },
  ]);
});
