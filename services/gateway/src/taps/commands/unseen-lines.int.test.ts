import { afterEach, describe, expect, it } from 'vitest';
import { bash, dash, oldBash, type WatchedShell } from './real-shell.suite.js';

let shell: WatchedShell;
const open = async (made: WatchedShell): Promise<void> => {
  shell = made;
  await shell.quiet(400);
};
afterEach(async () => {
  await shell.close();
  expect(shell.faults).toEqual([]);
});
const guessed = (): string[] => shell.commands.filter(({ certainty }) => certainty === 'inferred').map(({ input }) => input);

describe.each([
  ['bash', bash],
  ['bash without bracketed paste', oldBash],
  ['dash', dash],
] as const)('%s', (name, make) => {
  it('has a line typed behind stty -echo as a guess', async () => {
    await open(make());
    await shell.run('stty -echo', 'touch /tmp/secev-unseen');
    await shell.quiet(2_700);
    expect(shell.inputs.filter((input) => input.includes('secev-unseen'))).toEqual(['touch /tmp/secev-unseen']);
  });

  it('has a line that read -s reads and eval runs as a guess', async () => {
    await open(make());
    const read = name === 'dash' ? 'stty -echo; read x; eval "$x"' : 'read -s x; eval "$x"';
    await shell.run(read, 'true secev-unseen');
    await shell.quiet(2_700);
    expect(guessed()).toEqual(['true secev-unseen']);
  });

  it('never has a password, only the number of its bytes', async () => {
    await open(make());
    const read = name === 'dash' ? 'printf "Password: "; stty -echo; read x; stty echo' : 'read -s -p "Password: " x';
    await shell.run(read, 'my s3cret; phrase', 'echo done');
    await shell.quiet(2_700);
    expect(JSON.stringify(shell.commands)).not.toContain('s3cret');
    expect(shell.unseen).toEqual([{ bytes: 17, lines: 1 }]);
  });

  it('never has a password that is read without a prompt', async () => {
    await open(make());
    await shell.run(name === 'dash' ? 'stty -echo -F /dev/tty && read x && stty echo' : 'read -s PW', 'hunter2 x', 'echo done');
    await shell.quiet(2_700);
    expect(JSON.stringify(shell.commands)).not.toContain('hunter2');
    expect(shell.unseen).toEqual([{ bytes: 9, lines: 1 }]);
  });
});

it.each([
  'stty -echo; read PW; stty echo',
  'bash -c "stty -echo; read PW; stty echo"',
  'read -s PW; eval "curl -u $PW file:///dev/null" 2>/dev/null',
])('never has a password that a script reads without a prompt: %s', async (script) => {
  await open(bash());
  await shell.run(script, 'hunter2 x', 'echo done');
  await shell.quiet(2_700);
  expect(JSON.stringify(shell.commands)).not.toContain('hunter2');
});

it('a shell whose output goes nowhere has its lines as guesses', async () => {
  await open(bash());
  await shell.run('exec bash --norc --noprofile 2>/dev/null >/dev/null', 'touch /tmp/secev-unseen');
  await shell.quiet(2_700);
  expect(guessed()).toEqual(['touch /tmp/secev-unseen']);
});

it('a line that its own shell erases from the screen is a guess', async () => {
  await open(bash());
  await shell.run("PS0=$'\\e[1A\\e[2K'", 'true secev-unseen');
  await shell.quiet(2_700);
  expect(shell.inputs.join('\n')).toContain('secev-unseen');
});

it('lines typed into a file that is run later are guesses', async () => {
  await open(bash());
  await shell.run('cat > /dev/null', 'touch /tmp/secev-unseen');
  await shell.type('\x04');
  await shell.quiet(2_700);
  expect(guessed()).toEqual(['touch /tmp/secev-unseen']);
});
