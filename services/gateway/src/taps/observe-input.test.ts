import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { FrameKind } from '@sallyport/recording-format';
import { anExec, aTappedChannel, sha } from './a-tapped-channel.suite.js';

const script = Buffer.from('id\nrm x\n');

describe('a channel without a terminal', () => {
  it.each([
    ['a shell', { kind: 'shell' }, []],
    ['exec of a shell', { kind: 'exec', command: 'bash -s' }, [{ kind: 'exec', input: 'bash -s' }]],
  ])('that is %s has the lines that were sent to it as commands', async (_, opened, more) => {
    const { tap, recording } = aTappedChannel(opened);
    tap.input(script);
    tap.output(Buffer.from('uid=0\n'), 'stdout');
    await tap.close({});
    const piped = { kind: 'piped', output: '' };
    expect(recording.facts(FrameKind.command)).toMatchObject([{ ...piped, input: 'id' }, { ...piped, input: 'rm x' }, ...more]);
    expect(recording.facts(FrameKind.gap)).toEqual([]);
    expect(recording.text(1)).toBe('uid=0\n');
  });

  it.each(['cat > file', 'tar x', 'unknown-program'])('that runs %j has its input whole, and a row that names it', async (command) => {
    const { tap, recording } = anExec(command);
    const data = randomBytes(300_000);
    tap.input(data.subarray(0, 1000));
    tap.input(data.subarray(1000));
    await tap.close({});
    expect(sha(recording.raw(1, FrameKind.input))).toBe(sha(data));
    expect(recording.facts(FrameKind.gap)).toEqual([]);
    const missed = expect.stringContaining(`the recording has all 300000 bytes of the input, SHA-256 ${sha(data)}`);
    expect(recording.facts(FrameKind.command).slice(-2)).toMatchObject([
      { kind: 'piped', certainty: 'missed', input: missed },
      { kind: 'exec', input: command },
    ]);
  });

  it('that runs a pipelined Ansible task has its wrapper in the log, with the packed part as length and hash', async () => {
    const { tap, recording } = anExec("/bin/sh -c '/usr/bin/python3 && sleep 0'");
    const module = Buffer.from(
      `#!/usr/bin/python3\n_ANSIBALLZ_WRAPPER = True\n${'# text\n'.repeat(400)}Z = """${'QUJD'.repeat(10_000)}"""\nmain()\n`,
    );
    tap.input(module);
    await tap.close({ exit_status: 0 });
    expect(recording.raw(1, FrameKind.input).equals(module)).toBe(true);
    const [row, exec] = recording.facts(FrameKind.command);
    expect(row).toMatchObject({ kind: 'piped', input: expect.stringMatching(/40000 characters of Base64, SHA-256 .*\nmain\(\)$/s) });
    expect(exec).toMatchObject({ kind: 'exec', input: "/bin/sh -c '/usr/bin/python3 && sleep 0'" });
  });

  it('has only the length of a password that sudo reads, and the input behind it', async () => {
    const { tap, recording } = anExec('sudo -S tee /etc/motd');
    tap.input(Buffer.from('s3cr'));
    tap.output(Buffer.from('[sudo] password for web: '), 'stderr');
    tap.input(Buffer.from('et\nwelcome\n'));
    await tap.close({});
    expect(recording.facts(FrameKind.gap)).toEqual([{ bytes: 7, why: 'secret', stream: 'input' }]);
    expect(recording.raw(1, FrameKind.input).toString()).toBe('welcome\n');
    expect(recording.facts(FrameKind.command)).toMatchObject([
      { certainty: 'missed', input: '(7 bytes of input may be a password and are withheld)' },
      { certainty: 'inferred', input: 'welcome' },
      { kind: 'exec' },
    ]);
  });

  it('whose command line only mentions sudo -S has the whole first line', async () => {
    const { tap, recording } = anExec('PATH=/tmp:$PATH; echo sudo -S; sh');
    tap.output(Buffer.from('Password: '), 'stdout');
    tap.input(Buffer.from('evil\n'));
    await tap.close({});
    expect(recording.raw(1, FrameKind.input).toString()).toBe('evil\n');
    expect(recording.facts(FrameKind.command)).toMatchObject([{ kind: 'piped', input: 'evil' }, { kind: 'exec' }]);
  });

  it('marks in its command frame that the output is truncated', async () => {
    const { tap, recording } = anExec('seq 9999');
    tap.output(Buffer.alloc(20_000, 'x'), 'stdout');
    await tap.close({});
    expect(recording.facts(FrameKind.command)).toMatchObject([{ output_truncated: true, output_bytes: 20_000 }]);
  });

  it('has input that is too long for a password', async () => {
    const { tap, recording } = anExec('passwd --stdin');
    const data = randomBytes(9000);
    tap.input(data.subarray(0, 4000));
    tap.input(data.subarray(4000));
    await tap.close({});
    expect(recording.raw(1, FrameKind.input).equals(data)).toBe(true);
  });
});

it('a TERM that holds a command has a row of the log', async () => {
  const { tap, recording } = aTappedChannel({ kind: 'exec', command: 'x', pty: { term: 'x;touch /tmp/evil', cols: 0, rows: 0 } });
  await tap.close({});
  expect(recording.facts(FrameKind.command)).toMatchObject([
    { kind: 'exec', certainty: 'inferred', input: '(environment) TERM=x;touch /tmp/evil' },
    { kind: 'exec', input: 'x' },
  ]);
});
