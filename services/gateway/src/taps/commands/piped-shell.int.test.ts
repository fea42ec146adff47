import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '@sallyport/context';
import { PipedInput } from './piped-input.js';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'piped-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Simple and compound commands, and input that looks like data to any reader but a shell. */
const scripts = [
  'echo one >>log\necho two >>log',
  'f() {\n  echo "$1" >>log\n}\nf one\nif true; then\n  f two\nfi\nf three\n',
  'cat >x <<EOF\necho not run >>log\nEOF\necho one >>log\n',
  'x=$((1 << 2))\necho $x >>log\necho two >>log\n',
  "echo it\\'s >>log # it's\necho two >>log\n",
  'case x in\n  x) echo one >>log ;;\nesac\necho two >>log\n',
  'e\0cho nul >>log\n# \0\necho two >>log\n',
];

function takeLog(): string {
  const log = readFileSync(join(folder, 'log'), 'utf8');
  rmSync(join(folder, 'log'));
  return log;
}

it.each(['bash', 'dash'].flatMap((shell) => scripts.map((script) => [shell, script] as const)))(
  '%s runs only commands of %j that were reported',
  async (shell, script) => {
    const reported: string[] = [];
    const piped = new PipedInput({
      reader: 'shell',
      clock: systemClock,
      emit: ({ input }) => reported.push(input),
    });
    const child = spawn(shell, [], { cwd: folder, stdio: ['pipe', 'ignore', 'ignore'] });
    const data = Buffer.from(script, 'latin1');
    piped.input(data);
    await piped.close();
    expect(piped.skipped).toBe('');
    child.stdin.end(data);
    await new Promise((resolve) => child.once('close', resolve));
    const did = takeLog();
    expect(did).not.toBe('');
    expect(reported.join('\n')).toBe(script.replaceAll('\0', '').trimEnd());
    // The reported commands, run one by one in one shell, do the same.
    await new Promise((resolve) => spawn(shell, ['-c', reported.join('\n')], { cwd: folder, stdio: 'ignore' }).once('close', resolve));
    expect(takeLog()).toBe(did);
  },
);
