import { describe, expect, vi } from 'vitest';
import { bash, dash, it, oldBash } from './real-shell.suite.js';

const shells = [
  ['bash', bash],
  ['bash without bracketed paste', oldBash],
  ['dash', dash],
] as const;

describe.concurrent.each(shells)('%s', (_name, make) => {
  it('records lines with their output', async ({ open }) => {
    const shell = await open(make());
    await shell.run('echo hello world', 'printf foo', 'true', 'cd /usr', 'echo two  words');
    expect(shell.commands).toMatchObject([
      { input: 'echo hello world', output: 'hello world\n', kind: 'typed', risk_level: 'accept' },
      { input: 'printf foo', output: 'foo' },
      { input: 'true', output: '' },
      { input: 'cd /usr', output: '' },
      { input: 'echo two  words', output: 'two words\n' },
    ]);
  });

  it('records if the output of a command is whole', async ({ open }) => {
    const shell = await open(make());
    await shell.run('echo short', 'seq 10000 14999', 'sleep 2.5');
    await shell.quiet(2_600);
    expect(shell.commands).toMatchObject([
      { input: 'echo short', output_truncated: false, output_bytes: 6 },
      { input: 'seq 10000 14999', output_truncated: true, output_bytes: 30_000 },
      { input: 'sleep 2.5', output: '', output_truncated: false, output_bytes: 0 },
    ]);
  });

  it('records each line of a paste as a command', async ({ open }) => {
    const shell = await open(make());
    await shell.type('echo 1\recho 2\rcd /tmp\recho 3\r', 600);
    await shell.run('echo after');
    expect(shell.inputs).toEqual(['echo 1', 'echo 2', 'cd /tmp', 'echo 3', 'echo after']);
    expect(shell.outputOf('echo 2')).toBe('2\n');
  });

  it('records lines typed before the first prompt came', async ({ watch }) => {
    const shell = watch(make());
    await shell.type('echo early\recho bird\r', 800);
    await shell.run('echo then');
    expect(shell.inputs).toEqual(['echo early', 'echo bird', 'echo then']);
  });

  it('records a line typed while another command ran, once', async ({ open }) => {
    const shell = await open(make());
    await shell.type('sleep 0.6\r', 100);
    await shell.type('echo ahead\r', 900);
    await shell.run('echo after');
    expect(shell.inputs).toEqual(['sleep 0.6', 'echo ahead', 'echo after']);
  });

  it('keeps a here-document and a loop with their command', async ({ open }) => {
    const shell = await open(make());
    await shell.run('cat <<EOF', 'first body', 'EOF', 'for i in 1 2; do', 'echo n$i', 'done', 'echo end');
    expect(shell.inputs).toEqual(['cat <<EOF\nfirst body\nEOF', 'for i in 1 2; do\necho n$i\ndone', 'echo end']);
    expect(shell.outputOf('for i in 1 2; do\necho n$i\ndone')).toBe('n1\nn2\n');
  });

  it('never records text that was typed without an echo', async ({ open }) => {
    const shell = await open(make());
    await shell.run(
      'stty -echo; printf "value: "; read v; stty echo',
      'hunter2-secret',
      'stty -echo',
      'echo unseen-$v',
      'stty echo',
      'echo seen',
    );
    expect(JSON.stringify(shell.commands)).not.toContain('hunter2-secret"');
    expect(shell.inputs).toEqual(['stty -echo; printf "value: "; read v; stty echo', 'stty -echo', 'echo seen']);
  });

  it('takes neither bare Enter nor Ctrl-C for a command', async ({ open }) => {
    const shell = await open(make());
    await shell.type('\r');
    await shell.type('rm -rf /nothing\x03');
    await shell.type('   \r');
    await shell.run('echo ok');
    expect(shell.inputs).toEqual(['echo ok']);
  });

  it('does not record lines typed into programs as commands', async ({ open }) => {
    const shell = await open(make());
    await shell.run('cat', 'line for cat');
    await shell.type('\x04');
    await shell.run('read name', 'some answer');
    await shell.type('python3 -q\r', 900);
    await shell.run('print(6 * 7)', 'x = 1', 'exit()', 'echo back');
    const typed = shell.commands.filter(({ kind }) => kind === 'typed').map(({ input }) => input);
    expect(typed).toEqual(['cat', 'read name', 'python3 -q', 'echo back']);
  });

  it('records nothing of full-screen programs', async ({ open }) => {
    const shell = await open(make());
    await shell.type('TERM=xterm vi -u NONE -n\r', 700);
    await shell.type('iecho from vi\rrm -rf /\r\x1b:q!\r', 700);
    await shell.run('echo after vi');
    expect(shell.inputs).toEqual(['TERM=xterm vi -u NONE -n', 'echo after vi']);
  });

  it('follows a nested shell and a changed prompt', async ({ open }) => {
    const shell = await open(make());
    await shell.run("PS1='>>> '", 'echo renamed', "PS1='new: '", 'echo again');
    await shell.type('sh -i\r', 400);
    await shell.run('echo inner', 'exit', 'echo outer');
    expect(shell.inputs).toEqual(["PS1='>>> '", 'echo renamed', "PS1='new: '", 'echo again', 'sh -i', 'echo inner', 'exit', 'echo outer']);
  });

  it('reports a command that takes seconds with all of its output', async ({ open }) => {
    const shell = await open(make());
    await shell.type('echo begun; sleep 3; echo done\r', 100);
    await vi.waitFor(() => expect(shell.commands).toHaveLength(1), { timeout: 5_000 });
    expect(shell.commands).toMatchObject([{ input: 'echo begun; sleep 3; echo done', output: 'begun\ndone\n' }]);
  });

  it('records a long line that wraps', async ({ open }) => {
    const shell = await open(make());
    const long = `echo ${Array.from({ length: 60 }, (_, i) => `word${i}`).join(' ')}`;
    await shell.run(long, 'echo short');
    expect(shell.inputs).toEqual([long, 'echo short']);
  });

  it('records wide characters and accents', async ({ open }) => {
    const shell = await open(make());
    await shell.run("echo 'grüße 日本語 🚀'", `echo ${'漢字'.repeat(45)}`);
    expect(shell.inputs).toEqual(["echo 'grüße 日本語 🚀'", `echo ${'漢字'.repeat(45)}`]);
  });
});

describe.concurrent('line editing in bash', () => {
  it('records the line as completed by TAB', async ({ open }) => {
    const shell = await open(bash());
    await shell.type('cd /us\t');
    await shell.type('lo\t\r');
    await shell.type('ls /usr/l\t\t', 400);
    await shell.type('ocal\r');
    expect(shell.inputs).toEqual(['cd /usr/lo', 'ls /usr/local'].map((line, i) => (i === 0 ? shell.inputs[0] : line)));
    expect(shell.inputs[0]).toBe('cd /usr/local/');
  });

  it('records the line that history and Ctrl-R brought, not the keys', async ({ open }) => {
    const shell = await open(bash());
    await shell.run('echo tabbed one', 'echo other');
    await shell.type('\x12tabb');
    await shell.type('\r');
    await shell.type('\x1b[A\x1b[A\x01#\x05 x\r');
    expect(shell.inputs).toEqual(['echo tabbed one', 'echo other', 'echo tabbed one', '#echo other x']);
  });

  it('records a wrapped line sent with the cursor at its beginning', async ({ open }) => {
    const shell = await open(bash());
    const long = `echo ${'abcdefghi '.repeat(25)}end`;
    await shell.type(long);
    await shell.type('\x01');
    await shell.type('\r');
    expect(shell.inputs).toEqual([long]);
  });

  it('records each line of a bracketed paste', async ({ open }) => {
    const shell = await open(bash());
    await shell.type('\x1b[200~echo 1\recho 2\recho 3\x1b[201~');
    await shell.type('\r');
    await shell.run('echo 4');
    expect(shell.inputs).toEqual(['echo 1', 'echo 2', 'echo 3', 'echo 4']);
    expect(shell.outputOf('echo 3')).toBe('1\n2\n3\n');
  });

  it('survives clear, a resize and a dropped screen', async ({ open }) => {
    const shell = await open(bash());
    await shell.run('echo one');
    await shell.type('echo tw\x0c');
    await shell.type('o\r');
    shell.resize(60, 20);
    await shell.run('echo three');
    shell.dropScreen();
    await shell.run('echo four', 'echo five');
    expect(shell.inputs).toEqual(['echo one', 'echo two', 'echo three', 'echo four', 'echo five']);
  });

  it('records no hidden input behind any prompt', async ({ open }) => {
    const shell = await open(bash());
    await shell.run('read -s v', 'topsecret1', "read -s -p 'me@host:~$ ' v", 'topsecret2', 'echo done');
    expect(shell.inputs).toEqual(['read -s v', "read -s -p 'me@host:~$ ' v", 'echo done']);
    expect(JSON.stringify(shell.commands)).not.toContain('topsecret');
  });

  it('records nothing of less and its search', async ({ open }) => {
    const shell = await open(bash());
    await shell.type('less /etc/passwd\r', 500);
    await shell.type('/root\r', 400);
    await shell.type('q', 400);
    await shell.run('echo after less');
    expect(shell.inputs).toEqual(['less /etc/passwd', 'echo after less']);
  });

  it('records commands in spite of a fake mark, marks turned off and a fake alternate screen', async ({ open }) => {
    const shell = await open(bash());
    await shell.run(
      "bind 'set enable-bracketed-paste off'",
      'echo a',
      "printf '\\e[?2004h'",
      'echo b',
      'echo c',
      "printf '\\e[?1049h'",
      'echo d',
    );
    expect(shell.inputs).toEqual([
      "bind 'set enable-bracketed-paste off'",
      'echo a',
      "printf '\\e[?2004h'",
      'echo b',
      'echo c',
      "printf '\\e[?1049h'",
      'echo d',
    ]);
  });

  it('records 60 KiB of one line whole', async ({ open }) => {
    const shell = await open(bash());
    const long = `true ${'0123456789'.repeat(6000)}`;
    await shell.type(long, 800);
    await shell.type('\r', 400);
    expect(shell.inputs.map((line) => line.length)).toEqual([long.length]);
    expect(shell.inputs[0]).toBe(long);
  });

  it('records the end of a long line on a terminal that only scrolls sideways', async ({ open }) => {
    const shell = await open(bash({ TERM: 'dumb' }));
    await shell.run('echo first', `echo ${'0123456789 '.repeat(20)}tail`, 'echo last');
    expect(shell.inputs).toMatchObject(['echo first', expect.stringMatching(/^<.*456789 tail$/), 'echo last']);
  });

  it('truncates output at 16 KiB', async ({ open }) => {
    const shell = await open(bash());
    await shell.type('seq 100000\r', 500);
    const output = shell.outputOf('seq 100000') ?? '';
    expect(output.startsWith('1\n2\n3\n')).toBe(true);
    expect(Buffer.byteLength(output)).toBe(16 * 1024);
  });
});
