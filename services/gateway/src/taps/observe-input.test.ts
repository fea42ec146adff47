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

  it.each(['cat > file', 'tar x', 'unknown-program'])('that runs %j has length and hash of its input', async (command) => {
    const { tap, recording } = anExec(command);
    const data = randomBytes(300_000);
    tap.input(data.subarray(0, 1000));
    tap.input(data.subarray(1000));
    await tap.close({});
    expect(recording.facts(FrameKind.gap)).toEqual([{ bytes: 300_000, sha256: sha(data), why: 'bulk', stream: 'input' }]);
    expect(recording.facts(FrameKind.command)).toMatchObject([{ kind: 'exec', input: command }]);
  });

  it('that runs a pipelined Ansible task has its command line and one gap', async () => {
    const { tap, recording } = anExec("/bin/sh -c '/usr/bin/python3 && sleep 0'");
    const module = Buffer.from(
      `#!/usr/bin/python3\n_ANSIBALLZ_WRAPPER = True\n${'# text\n'.repeat(400)}Z = """${'QUJD'.repeat(40_000)}"""\nmain()\n`,
    );
    tap.input(module);
    await tap.close({ exit_status: 0 });
    expect(recording.facts(FrameKind.command)).toMatchObject([{ kind: 'exec', input: "/bin/sh -c '/usr/bin/python3 && sleep 0'" }]);
    expect(recording.facts(FrameKind.gap)).toEqual([{ bytes: module.length, sha256: sha(module), why: 'module-code', stream: 'input' }]);
  });

  it('has only the length of a password that sudo reads, and the hash of the input behind it', async () => {
    const { tap, recording } = anExec('sudo -S tee /etc/motd');
    tap.input(Buffer.from('s3cr'));
    tap.input(Buffer.from('et\nwelcome\n'));
    await tap.close({});
    expect(recording.facts(FrameKind.gap)).toEqual([
      { bytes: 7, why: 'secret', stream: 'input' },
      { bytes: 8, sha256: sha('welcome\n'), why: 'bulk', stream: 'input' },
    ]);
  });

  it('marks in its command frame that the output is truncated', async () => {
    const { tap, recording } = anExec('seq 9999');
    tap.output(Buffer.alloc(20_000, 'x'), 'stdout');
    await tap.close({});
    expect(recording.facts(FrameKind.command)).toMatchObject([{ output_truncated: true, output_bytes: 20_000 }]);
  });

  it('has the hash of input that is too long for a password', async () => {
    const { tap, recording } = anExec('cat --stdin');
    const data = randomBytes(9000);
    tap.input(data.subarray(0, 4000));
    tap.input(data.subarray(4000));
    await tap.close({});
    expect(recording.facts(FrameKind.gap)).toEqual([{ bytes: 9000, sha256: sha(data), why: 'bulk', stream: 'input' }]);
  });
});
