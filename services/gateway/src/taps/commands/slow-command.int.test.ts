import { afterEach, expect, it } from 'vitest';
import { bash, dash, oldBash, type WatchedShell } from './real-shell.suite.js';

let shell: WatchedShell;
afterEach(async () => {
  await shell.close();
  expect(shell.faults).toEqual([]);
});

it.each([
  ['bash', () => bash()],
  ['bash without bracketed paste', () => oldBash()],
  ['dash', () => dash()],
])('in %s, the output of a slow command is its own, though the next line was typed meanwhile', async (_, make) => {
  shell = make();
  await shell.quiet(400);
  await shell.type('sleep 3; echo slow\r', 300);
  await shell.type('echo next\r', 3_500);
  await shell.run('echo last');
  expect(shell.commands.map(({ input, output }) => [input, output])).toEqual([
    ['sleep 3; echo slow', 'slow\n'],
    ['echo next', 'next\n'],
    ['echo last', 'last\n'],
  ]);
});

it('output that looks like a line typed ahead is output', async () => {
  shell = bash();
  await shell.quiet(400);
  await shell.type('sleep 0.5; echo slow\r', 100);
  await shell.type('slow() { true; }\r', 900);
  await shell.type('sleep 0.5; echo slow\r', 100);
  await shell.type('slow\r', 900);
  expect(shell.commands.map(({ input, output }) => [input, output]).at(-2)).toEqual(['sleep 0.5; echo slow', 'slow\n']);
});
