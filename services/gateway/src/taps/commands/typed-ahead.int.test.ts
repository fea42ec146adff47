import { afterEach, describe, expect, it, vi } from 'vitest';
import { bash, dash, oldBash, type WatchedShell } from './real-shell.suite.js';

let shell: WatchedShell;
afterEach(async () => {
  await shell.close();
  expect(shell.faults).toEqual([]);
});

/** Sends a whole script to a shell that starts, as `ssh -tt host < script` does. */
async function feed(make: () => WatchedShell, lines: readonly string[]): Promise<void> {
  shell = make();
  await shell.type(lines.map((line) => `${line}\n`).join(''), 1_000);
}

const shells = [
  ['bash', () => bash()],
  ['bash without bracketed paste', () => oldBash()],
] as const;

describe.each(shells)('a script that is sent at once to %s', (_, make) => {
  it.each([
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
  ])('loses no command of %s', async (__, lines, commands) => {
    await feed(make, lines);
    // The last command ends with the shell, so it is reported when its time is over.
    await vi.waitFor(() => expect(shell.inputs).toEqual(commands), 5_000);
  });
});

it('a script of 300 lines that is sent at once to bash loses no command', async () => {
  const lines = Array.from({ length: 300 }, (_, i) => `true ${i}`);
  await feed(() => bash(), lines);
  expect(shell.inputs).toEqual(lines);
  expect(new Set(shell.commands.map(({ certainty }) => certainty))).toEqual(new Set(['seen']));
});

it.each([
  ['bash', () => bash({}, 200)],
  ['bash without bracketed paste', () => oldBash(200)],
  ['dash', () => dash({}, 200)],
])('lines that follow each other without waiting for the answer of %s 200 ms away are all found', async (_, make) => {
  shell = make();
  await shell.quiet(900);
  const lines = Array.from({ length: 8 }, (__, i) => `echo far-${i}`);
  await shell.typeEvery(200, lines);
  expect(shell.inputs).toEqual(lines);
});

it('a line that Ctrl-O sends is found, and said to be inferred', async () => {
  shell = bash();
  await shell.quiet(400);
  await shell.run('echo first');
  await shell.type('echo by-ctrl-o\x0f');
  await shell.run('echo last');
  expect(shell.commands.map(({ input, certainty }) => [input, certainty])).toEqual([
    ['echo first', 'seen'],
    ['echo by-ctrl-o', 'inferred'],
    ['echo last', 'seen'],
  ]);
});

it('Ctrl-C behind Enter does not hide the line that Enter sent', async () => {
  shell = bash({}, 200);
  await shell.quiet(900);
  await shell.run('echo first');
  await shell.typeEvery(50, ['echo hidden']);
  await shell.type('\x03', 600);
  await shell.run('echo last');
  expect(shell.inputs).toEqual(['echo first', 'echo hidden', 'echo last']);
});
