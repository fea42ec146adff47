import { describe, expect } from 'vitest';
import { bash, dash, it, oldBash, type WatchedShell } from './real-shell.suite.js';

const guessed = (shell: WatchedShell): string[] =>
  shell.commands.filter(({ certainty }) => certainty === 'inferred').map(({ input }) => input);

describe.concurrent.each([
  ['bash', bash],
  ['bash without bracketed paste', oldBash],
  ['dash', dash],
] as const)('%s', (name, make) => {
  it('has a line typed behind stty -echo as a guess', async ({ open }) => {
    const shell = await open(make());
    await shell.run('stty -echo', 'touch /tmp/secev-unseen');
    await shell.quiet(2_700);
    expect(shell.inputs.filter((input) => input.includes('secev-unseen'))).toEqual(['touch /tmp/secev-unseen']);
  });

  it('has a line that read -s reads and eval runs as a guess', async ({ open }) => {
    const shell = await open(make());
    const read = name === 'dash' ? 'stty -echo; read x; eval "$x"' : 'read -s x; eval "$x"';
    await shell.run(read, 'true secev-unseen');
    await shell.quiet(2_700);
    expect(guessed(shell)).toEqual(['true secev-unseen']);
  });

  it('never has a password, only the number of its bytes', async ({ open }) => {
    const shell = await open(make());
    const read = name === 'dash' ? 'printf "Password: "; stty -echo; read x; stty echo' : 'read -s -p "Password: " x';
    await shell.run(read, 'my s3cret; phrase', 'echo done');
    await shell.quiet(2_700);
    expect(JSON.stringify(shell.commands)).not.toContain('s3cret');
    expect(shell.unseen).toEqual([{ bytes: 17, lines: 1 }]);
  });

  it('never has a password that is read without a prompt', async ({ open }) => {
    const shell = await open(make());
    await shell.run(name === 'dash' ? 'stty -echo -F /dev/tty && read x && stty echo' : 'read -s PW', 'hunter2 x', 'echo done');
    await shell.quiet(2_700);
    expect(JSON.stringify(shell.commands)).not.toContain('hunter2');
    expect(shell.unseen).toEqual([{ bytes: 9, lines: 1 }]);
  });
});

it.concurrent.for([
  'stty -echo; read PW; stty echo',
  'bash -c "stty -echo; read PW; stty echo"',
  'read -s PW; eval "curl -u $PW file:///dev/null" 2>/dev/null',
])('never has a password that a script reads without a prompt: %s', async (script, { open }) => {
  const shell = await open(bash());
  await shell.run(script, 'hunter2 x', 'echo done');
  await shell.quiet(2_700);
  expect(JSON.stringify(shell.commands)).not.toContain('hunter2');
});

it.concurrent('a shell whose output goes nowhere has its lines as guesses', async ({ open }) => {
  const shell = await open(bash());
  await shell.run('exec bash --norc --noprofile 2>/dev/null >/dev/null', 'touch /tmp/secev-unseen');
  await shell.quiet(2_700);
  expect(guessed(shell)).toEqual(['touch /tmp/secev-unseen']);
});

it.concurrent('a line that its own shell erases from the screen is a guess', async ({ open }) => {
  const shell = await open(bash());
  await shell.run("PS0=$'\\e[1A\\e[2K'", 'true secev-unseen');
  await shell.quiet(2_700);
  expect(shell.inputs.join('\n')).toContain('secev-unseen');
});

it.concurrent('lines typed into a file that is run later are guesses', async ({ open }) => {
  const shell = await open(bash());
  await shell.run('cat > /dev/null', 'touch /tmp/secev-unseen');
  await shell.type('\x04');
  await shell.quiet(2_700);
  expect(guessed(shell)).toEqual(['touch /tmp/secev-unseen']);
});

describe.concurrent('no way to send keys takes them out of the log', () => {
  it.for([
    ['Enter behind ESC in vi mode', 'set -o vi; stty -echo', 'touch /tmp/secev-unseen\x1b\r'],
    ['Ctrl-O', 'stty -echo', 'touch /tmp/secev-unseen\x0f'],
    ['a key of the user', `bind '"\\C-t": accept-line'; stty -echo`, 'touch /tmp/secev-unseen\x14'],
    ['another end of a line', `read -rsd';' x; eval "$x"`, 'touch /tmp/secev-unseen;'],
    ['Ctrl-D', 'stty -echo; sh -s', 'touch /tmp/secev-unseen\x04\x04'],
    ['Ctrl-U that does nothing', `stty kill undef -echo; bind '"\\C-u": ""'`, 'touch /tmp/secev-unseen\x15\r'],
    ['Ctrl-C that does nothing', `stty -isig -echo; bind '"\\C-c": ""'`, 'touch /tmp/secev-unseen\x03\r'],
    ['rub-out that does nothing', `stty erase undef -echo; bind '"\\C-?": ""'`, `touch /tmp/secev-unseen${'\x7f'.repeat(40)}\r`],
    ['a string that looks like an answer', 'stty -echo; exec dash', '\x1b]2;touch /tmp/secev-unseen;\x07\r'],
    ['a paste without an end', 'stty -echo; exec dash', '\x1b[200~\r', 'touch /tmp/secev-unseen\r'],
    ['mapfile', 'stty -echo; mapfile -n1 x; eval "${x[0]}"', 'touch /tmp/secev-unseen\r'],
    ['perl that runs each line', `stty -echo; perl -ne 'system $_'`, 'touch /tmp/secev-unseen\r'],
    ['a script that is the terminal', 'stty -echo; . /dev/tty', 'touch /tmp/secev-unseen\r'],
    ['a shell escape of a program', 'ed', '!touch /tmp/secev-unseen\r'],
  ] as const)('%s', async ([, before, ...keys], { open }) => {
    const shell = await open(bash());
    await shell.run(before);
    for (const piece of keys) await shell.type(piece);
    await shell.close();
    expect(guessed(shell).join('\n')).toContain('touch /tmp/secev-unseen');
  });

  it('a key that does nothing behind each character', async ({ open }) => {
    const shell = await open(bash());
    await shell.run('stty -echo');
    await shell.type(`${[...'touch /tmp/x'].join('\x05')}\r`);
    await shell.quiet(2_700);
    expect(guessed(shell)).toEqual([[...'touch /tmp/x'].join('^E')]);
  });

  it('a word of a command that was shown later', async ({ open }) => {
    const shell = await open(bash());
    await shell.run('stty -echo', 'jobs', 'stty echo', 'echo no jobs');
    await shell.quiet(2_700);
    expect(guessed(shell)).toContain('jobs');
  });

  it('lines in a paste without an end, shown', async ({ open }) => {
    const shell = await open(dash());
    await shell.type('\x1b[200~\r');
    await shell.run('echo in the paste');
    expect(shell.inputs).toContain('echo in the paste');
  });
});

describe.concurrent('keys that no row has are counted', () => {
  it.for([
    ['text for a program, without Enter', 'stty -echo -icanon; head -c 9 >/dev/null', 'touch /x;y', 1],
    ['text behind a string without an end', 'stty -echo; exec dash', '\x1b]2;x\rtouch /tmp/secev-unseen\r', 1],
    ['Enter alone', 'stty -echo; read x; read y; read z', '\r\r', 2],
    ['blanks', 'IFS= read -rs x', '     \r', 1],
    ['control keys', 'stty -echo raw; head -c 9 >/dev/null; stty sane', '\x01\x02\x05\x06\x07\x0e\x10\x11\x12', 1],
    ['answers of the terminal', 'stty -echo -icanon; head -c 19 >/dev/null', '\x1b[116;111;117;99;104R', 0],
  ] as const)('%s', async ([, before, keys, lines], { open }) => {
    const shell = await open(bash());
    await shell.run(before);
    await shell.type(keys);
    await shell.close();
    expect(shell.unseen).toMatchObject([{ lines }]);
  });

  it('nothing is counted where all was shown', async ({ open }) => {
    const shell = await open(bash());
    await shell.run('ech\t hello', '\x1b[A', 'echp\x7fo x', '', '');
    for (const keys of ['echo not sent', '\x03']) await shell.type(keys);
    await shell.type('\x04');
    await shell.close();
    expect(shell.unseen).toEqual([]);
    expect(guessed(shell)).toEqual([]);
  });

  it('a password that is typed ahead is never in the log', async ({ open }) => {
    const shell = await open(bash());
    await shell.type('read -s PW\rhunter2 x\r', 400);
    await shell.run('echo done');
    await shell.quiet(2_700);
    expect(JSON.stringify(shell.commands)).not.toContain('hunter2');
  });
});
