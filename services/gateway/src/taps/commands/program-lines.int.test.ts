import { aPostgres } from '@sallyport/testkit';
import { describe, expect, vi } from 'vitest';
import { bash, dash, it, oldBash, type WatchedShell } from './real-shell.suite.js';

const programs = (shell: WatchedShell) =>
  shell.commands.filter(({ kind }) => kind === 'program').map(({ program, input }) => [program, input]);
const typed = (shell: WatchedShell): string[] => shell.commands.filter(({ kind }) => kind === 'typed').map(({ input }) => input);

const shells = [
  ['bash', bash],
  ['bash without bracketed paste', oldBash],
  ['dash', dash],
] as const;

describe.concurrent.each(shells)('%s', (_name, make) => {
  it.for([
    ['sqlite3', 'sqlite3', ['create table t(a);', 'insert into t values(42);', '.quit']],
    ['python3', 'python3 -q', ['x = 6', 'print(x * 7)', 'exit()']],
    ['bc', 'bc -q', ['6 * 7', 'quit']],
  ] as const)('has the lines typed at %s as rows of that program', async ([program, command, lines], { open }) => {
    const shell = await open(make());
    await shell.type(`${command}\r`, 900);
    for (const line of lines) await shell.type(`${line}\r`, 300);
    await shell.run('echo back');
    await vi.waitFor(() => expect(programs(shell)).toEqual(lines.map((line) => [program, line])), 5_000);
    expect(typed(shell)).toEqual([command, 'echo back']);
  });

  it('has a line as its keys edited it, at the prompt of a program', async ({ open }) => {
    const shell = await open(make());
    await shell.type('python3 -q\r', 900);
    await shell.type('print(1)\x1b[D\x1b[D2\r', 300);
    await shell.type('\x1b[A\r', 300);
    await shell.run('exit()', 'echo back');
    expect(programs(shell)).toEqual([
      ['python3', 'print(21)'],
      ['python3', 'print(21)'],
      ['python3', 'exit()'],
    ]);
  });

  it('has no line of a program that asks without an echo, whatever its question ends in', async ({ open }) => {
    const shell = await open(make());
    await shell.type('python3 -q\r', 900);
    await shell.type('import getpass\r', 300);
    await shell.type("x = getpass.getpass('Wort> ')\r", 500);
    await shell.type('hunter8-x\r', 3_000);
    await shell.run('exit()', 'echo back');
    await shell.close();
    expect(JSON.stringify(shell.commands)).not.toContain('hunter8');
  });

  it('has the lines of an interpreter that turns the echo off, at a prompt where lines were shown before', async ({ open }) => {
    const shell = await open(make());
    await shell.type('python3 -q\r', 900);
    await shell.type('import os\r', 300);
    await shell.type('os.system("stty -echo -icanon")\r', 3_000);
    await shell.type('os.system("id > /tmp/quiet")\r', 3_000);
    await shell.close();
    expect(shell.commands.map(({ input }) => input)).toContainEqual(expect.stringContaining('id > /tmp/quiet'));
  });

  it('has lines for any other program, with a doubt', async ({ open }) => {
    const shell = await open(make());
    await shell.run('cat > /dev/null; cat', 'line for cat');
    await shell.type('\x04');
    await shell.run('second line');
    await shell.type('\x04');
    await shell.run('read name', 'some answer', 'echo back');
    await vi.waitFor(
      () =>
        expect(shell.commands.filter(({ certainty }) => certainty === 'inferred').map(({ input }) => input)).toEqual([
          'line for cat',
          'second line',
          'some answer',
        ]),
      6_000,
    );
    expect(programs(shell)).toContainEqual(['read', 'some answer']);
  });

  it('has lines typed behind an empty prompt, with a doubt where nothing marks it', async ({ open }) => {
    const shell = await open(make());
    await shell.run("PS1=''", 'echo one', 'echo two');
    await shell.close();
    expect(shell.commands.map(({ input, kind }) => [kind, input])).toEqual([
      ['typed', "PS1=''"],
      ['typed', 'echo one'],
      ['typed', 'echo two'],
    ]);
    expect(shell.outputOf('echo one')).toBe('one\n');
  });

  it('has a line typed ahead of a slow command once', async ({ open }) => {
    const shell = await open(make());
    await shell.type('printf part; sleep 4\r', 100);
    await shell.type('echo ahead\r', 4_500);
    await shell.run('echo last');
    expect(shell.inputs).toEqual(['printf part; sleep 4', 'echo ahead', 'echo last']);
  });
});

it.concurrent('has the lines typed at psql as rows of that program', async ({ open }) => {
  const database = await aPostgres();
  try {
    const shell = await open(bash({ PAGER: 'cat' }));
    await shell.type(`/usr/bin/psql ${database.url}\r`, 900);
    await shell.run('select 6 * 7', 'as answer;', '\\q', 'echo back');
    expect(programs(shell)).toEqual(['select 6 * 7', 'as answer;', '\\q'].map((line) => ['psql', line]));
    expect(typed(shell).at(-1)).toBe('echo back');
    await shell.close();
  } finally {
    await database.drop();
  }
});

it.concurrent('a shown answer to a question for a password is in no row', async ({ open }) => {
  const shell = await open(bash());
  await shell.run('read -p "Password: " x', 'hunter2-x', 'echo done');
  await shell.close();
  expect(JSON.stringify(shell.commands)).not.toContain('hunter2');
  expect(shell.inputs).toContain('(9 bytes typed at a prompt that may ask for a password)');
});

it.concurrent.for([
  ['read -s PW; echo root', 'root'],
  ['read -s -p "Heslo: " PW; echo; echo root', 'root'],
] as const)('a hidden password is in no row, though %s prints the same', async ([command, password], { open }) => {
  const shell = await open(bash());
  await shell.run(command, password, 'echo done');
  await shell.close();
  expect(shell.inputs.filter((input) => input === password)).toEqual([]);
});

it.concurrent('a hidden password that a program prints later is in no row of its own', async ({ open }) => {
  const shell = await open(bash());
  await shell.run('read -s PW; echo; echo "user root"', 'root', 'echo done');
  await shell.close();
  expect(shell.inputs).toEqual(['read -s PW; echo; echo "user root"', 'echo done']);
});
