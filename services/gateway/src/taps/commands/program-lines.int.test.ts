import { aPostgres } from '@sallyport/testkit';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { bash, dash, oldBash, type WatchedShell } from './real-shell.suite.js';

let shell: WatchedShell;
const open = async (made: WatchedShell): Promise<void> => {
  shell = made;
  await shell.quiet(400);
};
afterEach(async () => {
  if (!shell.isClosed) await shell.close();
  expect(shell.faults).toEqual([]);
});
const programs = () => shell.commands.filter(({ kind }) => kind === 'program').map(({ program, input }) => [program, input]);
const typed = (): string[] => shell.commands.filter(({ kind }) => kind === 'typed').map(({ input }) => input);

const shells = [
  ['bash', bash],
  ['bash without bracketed paste', oldBash],
  ['dash', dash],
] as const;

describe.each(shells)('%s', (_name, make) => {
  it.each([
    ['sqlite3', 'sqlite3', ['create table t(a);', 'insert into t values(42);', '.quit']],
    ['python3', 'python3 -q', ['x = 6', 'print(x * 7)', 'exit()']],
    ['bc', 'bc -q', ['6 * 7', 'quit']],
  ])('has the lines typed at %s as rows of that program', async (program, command, lines) => {
    await open(make());
    await shell.type(`${command}\r`, 900);
    for (const line of lines) await shell.type(`${line}\r`, 300);
    await shell.run('echo back');
    await vi.waitFor(() => expect(programs()).toEqual(lines.map((line) => [program, line])), 5_000);
    expect(typed()).toEqual([command, 'echo back']);
  });

  it('has a line as its keys edited it, at the prompt of a program', async () => {
    await open(make());
    await shell.type('python3 -q\r', 900);
    await shell.type('print(1)\x1b[D\x1b[D2\r', 300);
    await shell.type('\x1b[A\r', 300);
    await shell.run('exit()', 'echo back');
    expect(programs()).toEqual([
      ['python3', 'print(21)'],
      ['python3', 'print(21)'],
      ['python3', 'exit()'],
    ]);
  });

  it('has lines for any other program, with a doubt', async () => {
    await open(make());
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
    expect(programs()).toContainEqual(['read', 'some answer']);
  });

  it('has lines typed behind an empty prompt, with a doubt where nothing marks it', async () => {
    await open(make());
    await shell.run("PS1=''", 'echo one', 'echo two');
    await shell.close();
    expect(shell.commands.map(({ input, kind }) => [kind, input])).toEqual([
      ['typed', "PS1=''"],
      ['typed', 'echo one'],
      ['typed', 'echo two'],
    ]);
    expect(shell.outputOf('echo one')).toBe('one\n');
  });

  it('has a line typed ahead of a slow command once', async () => {
    await open(make());
    await shell.type('printf part; sleep 4\r', 100);
    await shell.type('echo ahead\r', 4_500);
    await shell.run('echo last');
    expect(shell.inputs).toEqual(['printf part; sleep 4', 'echo ahead', 'echo last']);
  });
});

it('has the lines typed at psql as rows of that program', async () => {
  const database = await aPostgres();
  try {
    await open(bash({ PAGER: 'cat' }));
    await shell.type(`/usr/bin/psql ${database.url}\r`, 900);
    await shell.run('select 6 * 7', 'as answer;', '\\q', 'echo back');
    expect(programs()).toEqual(['select 6 * 7', 'as answer;', '\\q'].map((line) => ['psql', line]));
    expect(typed().at(-1)).toBe('echo back');
    await shell.close();
  } finally {
    await database.drop();
  }
});

it('a shown answer to a question for a password is in no row', async () => {
  await open(bash());
  await shell.run('read -p "Password: " x', 'hunter2-x', 'echo done');
  await shell.close();
  expect(JSON.stringify(shell.commands)).not.toContain('hunter2');
  expect(shell.inputs).toContain('(9 bytes typed at a prompt that may ask for a password)');
});

it.each([
  ['read -s PW; echo root', 'root'],
  ['read -s -p "Heslo: " PW; echo; echo root', 'root'],
])('a hidden password is in no row, though %s prints the same', async (command, password) => {
  await open(bash());
  await shell.run(command, password, 'echo done');
  await shell.close();
  expect(shell.inputs.filter((input) => input === password)).toEqual([]);
});

it('a hidden password that a program prints later is in no row of its own', async () => {
  await open(bash());
  await shell.run('read -s PW; echo; echo "user root"', 'root', 'echo done');
  await shell.close();
  expect(shell.inputs).toEqual(['read -s PW; echo; echo "user root"', 'echo done']);
});
