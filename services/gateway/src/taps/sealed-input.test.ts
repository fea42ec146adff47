import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { FrameKind, SealedPurpose } from '@sallyport/recording-format';
import { MemoryRecording } from '../../test/memory-recordings.js';
import { AnAuditor } from './an-auditor.suite.js';
import { aTappedChannel, sha } from './a-tapped-channel.suite.js';
import { InputFrames } from './input-frames.js';

const auditor = new AnAuditor();
const sealedChannel = (command: string, what = { sealsInput: true, keepsUnseen: false }) =>
  aTappedChannel({ kind: 'exec', command }, 0, { sealing: auditor.sealing(what) });
const sealedFrames = (recording: MemoryRecording) => recording.frames.filter(({ kind }) => kind === FrameKind.sealed);
const allBytes = (recording: MemoryRecording): Buffer => Buffer.concat(recording.frames.map(({ payload }) => payload));

describe('sealed input of a channel without a terminal', () => {
  it('is in the recording whole, and not readable without the auditors’ key', async () => {
    const { tap, recording } = sealedChannel('tar x');
    const data = Buffer.concat([Buffer.from('canary-4711'), randomBytes(300_000)]);
    tap.input(data);
    await tap.close({});
    expect(allBytes(recording).includes('canary-4711')).toBe(false);
    expect(recording.raw(1, FrameKind.input).length).toBe(0);
    expect(sha(auditor.opened(recording, SealedPurpose.input, 's-1'))).toBe(sha(data));
  });

  it('does not open in another session, in another channel or after a flipped bit', async () => {
    const { tap, recording } = sealedChannel('cat > x');
    tap.input(Buffer.from('text\n'));
    await tap.close({});
    const payload = sealedFrames(recording)[0]?.payload ?? Buffer.alloc(0);
    expect(auditor.open(payload, 's-1', 1)?.toString()).toBe('text\n');
    expect([auditor.open(payload, 's-2', 1), auditor.open(payload, 's-1', 2)]).toEqual([undefined, undefined]);
    for (const at of [9, 12, 50, payload.length - 20, payload.length - 1]) {
      const changed = Buffer.from(payload);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(auditor.open(changed, 's-1', 1), `byte ${at}`).toBeUndefined();
    }
  });

  it('has no hash in the command log from which it could be guessed', async () => {
    const { tap, recording } = sealedChannel('tar x');
    tap.input(Buffer.from([0, 1, 2, 3]));
    await tap.close({});
    const rows = JSON.stringify(recording.facts(FrameKind.command));
    expect(rows).toContain('the recording has all 4 bytes of the input, sealed');
    expect(rows).toContain('commands not looked for in 4 bytes of input of a program that is not known to run it');
    expect(rows).not.toContain(sha(Buffer.from([0, 1, 2, 3])));
  });

  it('that cannot be sealed is a gap without a hash, and ends a strict session', () => {
    const recording = new MemoryRecording({} as never, 'strict');
    const reasons: string[] = [];
    recording.onUnrecordable((why) => reasons.push(why));
    const broken = {
      seal: () => {
        throw new Error('canary');
      },
    };
    const frames = new InputFrames(
      recording,
      { sessionId: 's-1', channel: 1 },
      auditor.sealing({ sealsInput: true, keepsUnseen: true }),
      broken,
    );
    frames.input(Buffer.from('text'));
    frames.fileContent({ id: '01890a5d-ac96-774b-bcce-b302099a8057', offset: 0, data: Buffer.from('abc') });
    expect(frames.secret(Buffer.from('password'))).toBe(false);
    expect(recording.facts(FrameKind.gap)).toEqual([
      { bytes: 4, why: 'not-sealed', stream: 'input' },
      { bytes: 3, why: 'not-sealed', stream: 'input' },
    ]);
    expect(reasons).toEqual(Array(3).fill('input could not be sealed to the auditors’ key'));
    expect(JSON.stringify(reasons)).not.toContain('canary');
  });
});

describe('a password for sudo', () => {
  const sent = async (what?: { sealsInput: boolean; keepsUnseen: boolean }) => {
    const { tap, recording } = what ? sealedChannel('sudo -S tee x', what) : aTappedChannel({ kind: 'exec', command: 'sudo -S tee x' });
    tap.output(Buffer.from('[sudo] password for web: '), 'stderr');
    tap.input(Buffer.from('canary-4711\nwelcome\n'));
    await tap.close({});
    return recording;
  };

  it('is kept sealed if the settings say so, and its mark says that it is', async () => {
    const recording = await sent({ sealsInput: false, keepsUnseen: true });
    expect(auditor.opened(recording, SealedPurpose.secret, 's-1').toString()).toBe('canary-4711\n');
    expect(recording.facts(FrameKind.gap)).toEqual([{ bytes: 12, why: 'secret', stream: 'input', sealed: true }]);
    expect([recording.raw(1, FrameKind.input).toString(), allBytes(recording).includes('canary')]).toEqual(['welcome\n', false]);
  });

  it.each([
    ['without a key', undefined],
    ['with sealed input alone', { sealsInput: true, keepsUnseen: false }],
  ])('is not kept %s', async (_, what) => {
    const recording = await sent(what);
    expect(recording.facts(FrameKind.gap)).toEqual([{ bytes: 12, why: 'secret', stream: 'input' }]);
    const opened = auditor.opened(recording, SealedPurpose.secret, 's-1');
    expect([opened.length, allBytes(recording).includes('canary')]).toEqual([0, false]);
  });
});
