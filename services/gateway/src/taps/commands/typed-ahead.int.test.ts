import { describe, expect, vi } from 'vitest';
import { bash, dash, it, oldBash, type WatchedShell } from './real-shell.suite.js';

/** Sends a whole script to a shell that starts, as `ssh -tt host < script` does. */
async function feed(shell: WatchedShell, lines: readonly string[]): Promise<WatchedShell> {
  await shell.type(lines.map((line) => `${line}\n`).join(''), 1_000);
  return shell;
}

const shells = [
  ['bash', () => bash()],
  ['bash without bracketed paste', () => oldBash()],
] as const;

describe.concurrent.each(shells)('a script that is sent at once to %s', (_, make) => {
  it.for([
    [
      'a line that ends like one before',
      ['cd /tmp && pwd', 'pwd', 'echo hidden', 'exit'],
      ['cd /tmp && pwd', 'pwd', 'echo hidden', 'exit'],
    ],
    [
      'a here-document',
      ['cat > /dev/null <<EOF', 'key=value', 'EOF', 'rm -f f2.conf', 'echo done', 'exit'],
      ['cat > /dev/null <<EOF\nkey=value\nEOF', 'rm -f f2.conf', 'echo done', 'exit'],
    ],
    ['a function', ['f() {', ' echo in-f', '}', 'f', 'echo after', 'exit'], ['f() {\n echo in-f\n}', 'f', 'echo after', 'exit']],
    [
      'a here-document behind another command',
      ['echo first', 'cat <<X', 'b', 'X', 'echo last', 'exit'],
      ['echo first', 'cat <<X\nb\nX', 'echo last', 'exit'],
    ],
  ] as const)('loses no command of %s', async ([, lines, commands], { watch }) => {
    const shell = await feed(watch(make()), lines);
    // The last command ends with the shell, so it is reported when its time is over.
    await vi.waitFor(() => expect(shell.inputs).toEqual(commands), 5_000);
  });
});

it.concurrent('a script of 300 lines that is sent at once to bash loses no command', async ({ watch }) => {
  const lines = Array.from({ length: 300 }, (_, i) => `true ${i}`);
  const shell = await feed(watch(bash()), lines);
  expect(shell.inputs).toEqual(lines);
  expect(new Set(shell.commands.map(({ certainty }) => certainty))).toEqual(new Set(['seen']));
});

it.concurrent.for([
  ['bash', () => bash({}, 200)],
  ['bash without bracketed paste', () => oldBash(200)],
  ['dash', () => dash({}, 200)],
] as const)('lines that follow each other without waiting for the answer of %s 200 ms away are all found', async ([, make], { open }) => {
  const shell = await open(make(), 900);
  const lines = Array.from({ length: 8 }, (__, i) => `echo far-${i}`);
  await shell.typeEvery(200, lines);
  expect(shell.inputs).toEqual(lines);
});

it.concurrent('a line that Ctrl-O sends is found, and said to be inferred', async ({ open }) => {
  const shell = await open(bash());
  await shell.run('echo first');
  await shell.type('echo by-ctrl-o\x0f');
  await shell.run('echo last');
  expect(shell.commands.map(({ input, certainty }) => [input, certainty])).toEqual([
    ['echo first', 'seen'],
    ['echo by-ctrl-o', 'inferred'],
    ['echo last', 'seen'],
  ]);
});

it.concurrent('Ctrl-C behind Enter does not hide the line that Enter sent', async ({ open }) => {
  const shell = await open(bash({}, 200), 900);
  await shell.run('echo first');
  await shell.typeEvery(50, ['echo hidden']);
  await shell.type('\x03', 600);
  await shell.run('echo last');
  expect(shell.inputs).toEqual(['echo first', 'echo hidden', 'echo last']);
});
