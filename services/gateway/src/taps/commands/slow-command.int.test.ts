import { expect } from 'vitest';
import { bash, dash, it, oldBash } from './real-shell.suite.js';

it.concurrent.for([
  ['bash', () => bash()],
  ['bash without bracketed paste', () => oldBash()],
  ['dash', () => dash()],
] as const)('in %s, the output of a slow command is its own, though the next line was typed meanwhile', async ([, make], { open }) => {
  const shell = await open(make());
  await shell.type('sleep 3; echo slow\r', 300);
  await shell.type('echo next\r', 3_500);
  await shell.run('echo last');
  expect(shell.commands.map(({ input, output }) => [input, output])).toEqual([
    ['sleep 3; echo slow', 'slow\n'],
    ['echo next', 'next\n'],
    ['echo last', 'last\n'],
  ]);
});

it.concurrent('output that looks like a line typed ahead is output', async ({ open }) => {
  const shell = await open(bash());
  await shell.type('sleep 0.5; echo slow\r', 100);
  await shell.type('slow() { true; }\r', 900);
  await shell.type('sleep 0.5; echo slow\r', 100);
  await shell.type('slow\r', 900);
  expect(shell.commands.map(({ input, output }) => [input, output]).at(-2)).toEqual(['sleep 0.5; echo slow', 'slow\n']);
});
