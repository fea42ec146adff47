import { fakeClock } from '@sallyport/testkit';
import { expect, it } from 'vitest';
import type { ObservedCommand } from './observed-command.js';
import { ExecCommand } from './exec-command.js';

function exec() {
  const clock = fakeClock();
  const told: ObservedCommand[] = [];
  return { clock, told, command: new ExecCommand('x', clock, (fact) => told.push(fact)) };
}

it('says of a whole output that it is whole', () => {
  const { command, told } = exec();
  command.output(Buffer.from('hello\n'));
  command.end();
  expect(told).toMatchObject([{ output: 'hello\n', output_truncated: false, output_bytes: 6 }]);
});

it('says of a cut output that it is cut, and how long it was', () => {
  const { command, told } = exec();
  for (let line = 0; line < 1000; line += 1) command.output(Buffer.from(`${'x'.repeat(99)}\n`));
  command.end();
  expect(told).toMatchObject([{ output_truncated: true, output_bytes: 100_000 }]);
  expect(told[0]?.output).toHaveLength(16 * 1024);
});

it('says of an output that is no text that it is not there', () => {
  const { command, told } = exec();
  command.output(Buffer.alloc(500));
  command.end();
  expect(told).toMatchObject([{ output: '', output_truncated: true, output_bytes: 500 }]);
});

it('claims nothing of a command that still runs when it is told of, unless more is missing already', async () => {
  const [short, long] = [exec(), exec()];
  short.command.output(Buffer.from('first\n'));
  long.command.output(Buffer.alloc(20_000, 'x'));
  await Promise.all([short.clock.advance(2_000), long.clock.advance(2_000)]);
  expect(short.told).toMatchObject([{ output: 'first\n' }]);
  expect(short.told[0]).not.toHaveProperty('output_truncated');
  expect(long.told).toMatchObject([{ output_truncated: true, output_bytes: 20_000 }]);
});
