import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { FrameKind } from '@sallyport/recording-format';
import { anExec, aTappedChannel, sha } from './a-tapped-channel.suite.js';

type Channel = ReturnType<typeof anExec>;
const send = ({ tap }: Channel, text: string | Buffer): void => tap.input(Buffer.from(text));
const answer = ({ tap }: Channel, text: string | Buffer): void => tap.output(Buffer.from(text), 'stdout');
const inputs = ({ recording }: Channel): string[] => recording.facts(FrameKind.command).map((fact) => (fact as { input: string }).input);

describe('a channel opened for scp that is something else on the asset', () => {
  it('is recorded whole from its first wrong byte, and its input is recorded as commands', async () => {
    const channel = anExec('scp -t /tmp');
    answer(channel, 'uid=0(root)\n');
    send(channel, 'rm -rf x\n');
    answer(channel, 'done\n');
    await channel.tap.close({});
    expect(channel.recording.text(1)).toBe('uid=0(root)\ndone\n');
    expect(inputs(channel)).toEqual(['rm -rf x', 'scp -t /tmp']);
    expect(channel.recording.facts(FrameKind.command).at(-1)).toMatchObject({ output: 'uid=0(root)\ndone\n' });
    expect(channel.warnings).toEqual([expect.stringContaining('does not speak the protocol')]);
  });

  it('is detected by its input, even without any output', async () => {
    const channel = anExec('scp -t /tmp');
    send(channel, 'rm -rf x\n');
    await channel.tap.close({});
    expect(inputs(channel)).toEqual(['rm -rf x', 'scp -t /tmp']);
  });

  it.each([
    ['a control line of its own making', 'C0644 not-a-size x; rm y\n'],
    ['a name with a folder in it', 'C0644 5 ../x\n'],
    ['a line without an end', `C${'x'.repeat(20_000)}`],
  ])('is detected by %s', async (_, line) => {
    const channel = anExec('scp -t /tmp');
    answer(channel, '\0');
    send(channel, line);
    answer(channel, 'secret listing');
    await channel.tap.close({});
    expect(channel.recording.text(1)).toBe('secret listing');
    expect(channel.recording.facts(FrameKind.gap)).toMatchObject([{ bytes: 1, sha256: sha('\0'), why: 'not-as-asked', stream: 'output' }]);
  });

  it('has gaps for the bytes of the files before, in both directions', async () => {
    const channel = anExec('scp -t /tmp');
    const before = Buffer.concat([Buffer.from('C0644 3 x\n'), Buffer.from('abc\0')]);
    answer(channel, '\0');
    send(channel, before.subarray(0, 10));
    answer(channel, '\0');
    send(channel, before.subarray(10));
    answer(channel, '\0');
    send(channel, 'id\n');
    answer(channel, 'uid=0\n');
    await channel.tap.close({});
    expect(channel.recording.facts(FrameKind.file)).toMatchObject([{ op: 'upload', bytes: 3, sha256: sha('abc'), ok: true }]);
    expect(channel.recording.facts(FrameKind.gap)).toEqual([
      { bytes: before.length, sha256: sha(before), why: 'not-as-asked', stream: 'input' },
      { bytes: 3, sha256: sha('\0\0\0'), why: 'not-as-asked', stream: 'output' },
    ]);
    expect([channel.recording.text(1), inputs(channel)[0]]).toEqual(['uid=0\n', 'id']);
  });

  it('has a hash of only the beginning of bytes that file frames described', async () => {
    const channel = anExec('scp -f /x');
    const content = randomBytes(3_000_000);
    const head = Buffer.from(`C0644 ${content.length} x\n`);
    send(channel, '\0');
    answer(channel, head);
    send(channel, '\0');
    answer(channel, content);
    answer(channel, Buffer.from('\0'));
    send(channel, '\0');
    answer(channel, 'and a shell\n');
    await channel.tap.close({});
    const all = Buffer.concat([head, content, Buffer.from('\0')]);
    const megabyte = 1024 * 1024;
    expect(channel.recording.facts(FrameKind.gap)).toEqual([
      { bytes: 3, sha256: sha('\0\0\0'), why: 'not-as-asked', stream: 'input' },
      { bytes: megabyte, sha256: sha(all.subarray(0, megabyte)), why: 'not-as-asked', stream: 'output' },
      { bytes: all.length - megabyte, why: 'not-as-asked', stream: 'output' },
    ]);
    expect(channel.recording.text(1)).toBe('and a shell\n');
  });
});

it('an scp download is recorded without content, both in frames and in its command', async () => {
  const channel = anExec('scp -f /etc/shadow');
  send(channel, '\0');
  answer(channel, 'C0644 5 shadow\n');
  send(channel, '\0');
  answer(channel, 'root:\0');
  send(channel, '\0');
  channel.tap.output(Buffer.from('warning\n'), 'stderr');
  await channel.tap.close({});
  expect(channel.recording.facts(FrameKind.command)).toMatchObject([{ output: 'warning\n' }]);
  expect(channel.recording.facts(FrameKind.gap)).toEqual([]);
  expect([channel.recording.text(1), channel.warnings]).toEqual(['', []]);
});

it('an sftp packet with trailing bytes does not blind the audit of its channel: they are a gap', async () => {
  const channel = aTappedChannel({ kind: 'sftp' });
  const u32 = (value: number): Buffer => Buffer.from([value >>> 24, value >>> 16, value >>> 8, value]);
  const packet = (type: number, ...parts: (Buffer | string)[]): Buffer => {
    const body = Buffer.concat([
      Buffer.from([type]),
      ...parts.map((part) => (typeof part === 'string' ? Buffer.concat([u32(part.length), Buffer.from(part)]) : part)),
    ]);
    return Buffer.concat([u32(body.length), body]);
  };
  send(channel, packet(6, u32(1), 'H', Buffer.alloc(8), 'content', Buffer.from('trailing')));
  send(channel, packet(13, u32(2), '/removed'));
  answer(channel, packet(101, u32(2), u32(0), '', ''));
  await channel.tap.close({});
  expect(channel.recording.facts(FrameKind.file)).toMatchObject([{ op: 'remove', path: '/removed', ok: true }]);
  expect(channel.recording.facts(FrameKind.gap)).toEqual([{ bytes: 8, sha256: sha('trailing'), why: 'malformed', stream: 'input' }]);
  expect([inputs(channel), channel.warnings.length]).toEqual([[], 1]);
});

it('an sftp channel that speaks something else is recorded whole', async () => {
  const channel = aTappedChannel({ kind: 'sftp' });
  send(channel, 'id; uname -a\n');
  answer(channel, 'Linux\n');
  await channel.tap.close({});
  expect([inputs(channel), channel.recording.text(1)]).toEqual([['id; uname -a'], 'Linux\n']);
  expect(channel.warnings).toHaveLength(1);
});

it('a transfer with a terminal is recorded as a command', async () => {
  const { recording, tap } = aTappedChannel({ kind: 'exec', command: 'scp -t /tmp', pty: { term: 'xterm', cols: 0, rows: 0 } });
  tap.output(Buffer.from('$ '), 'stdout');
  await tap.close({});
  expect(recording.text(1)).toBe('$ ');
});

describe('a channel opened for rsync or git that is something else on the asset', () => {
  it.each([
    ['rsync --server -logDtpr . /x', 'uid=0(root)\n'],
    ['rsync --server -logDtpr . /x', '\x1f\0\0!'],
    ["git-receive-pack '/x'", 'uid=0(root)\n'],
    ["git-upload-pack '/x'", '00zz'],
  ])('(%s) is recorded whole, and its input is recorded as commands', async (command, output) => {
    const channel = anExec(command);
    answer(channel, output);
    send(channel, 'rm -rf x\n');
    answer(channel, 'done\n');
    await channel.tap.close({ exit_status: 0 });
    expect(channel.recording.text(1)).toBe(`${output}done\n`);
    expect(inputs(channel)).toEqual(['rm -rf x', command]);
    expect(channel.recording.facts(FrameKind.file)).toEqual([]);
    expect(channel.warnings).toHaveLength(1);
  });

  it.each(['rsync --server --sender -logDtpr . /x', "git-receive-pack '/x'"])('(%s) is detected by its input', async (command) => {
    const channel = anExec(command);
    send(channel, 'rm -rf x\n');
    answer(channel, 'done\n');
    await channel.tap.close({});
    expect([inputs(channel), channel.recording.text(1)]).toEqual([['rm -rf x', command], 'done\n']);
  });

  it('accepts garbage without an exception', async () => {
    for (let round = 0; round < 100; round += 1) {
      for (const command of ['rsync --server . x', 'git-receive-pack x', 'git-upload-pack x', 'scp -t x']) {
        const channel = anExec(command, 100);
        for (const data of [randomBytes(round), Buffer.from('0008\x02abc0000001e'), randomBytes(3000)]) {
          channel.tap.output(data, 'stdout');
          channel.tap.input(data);
        }
        await channel.tap.close({});
        expect(channel.warnings.filter((words) => words.includes('could not'))).toEqual([]);
      }
    }
  });
});
