import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { FrameKind } from '@sallyport/recording-format';
import { MemoryRecording } from '../../test/memory-recordings.js';
import { ChannelRecorder, type ContentPolicy } from './channel-recorder.js';
import { InputFrames } from './input-frames.js';

const sha = (data: Buffer | string): string => createHash('sha256').update(data).digest('hex');

function recorder(policy: ContentPolicy, maxBytes = 0, onExceeded?: () => void) {
  const recording = new MemoryRecording({} as never, 'strict');
  const inputs = new InputFrames(recording, { sessionId: 's-1', channel: 3 }, undefined);
  return { recording, channel: new ChannelRecorder(recording, 3, policy, { bytes: maxBytes, onExceeded }, inputs) };
}

describe('the recording of a channel', () => {
  it('contains both output streams whole', () => {
    const { recording, channel } = recorder('whole');
    channel.output(Buffer.from('out'), 'stdout');
    channel.output(Buffer.from('err'), 'stderr');
    channel.closed({ exit_status: 0 });
    expect(recording.frames.map(({ kind, channel: number, payload }) => [kind, number, payload.toString()])).toEqual([
      [FrameKind.output, 3, 'out'],
      [FrameKind.stderr, 3, 'err'],
      [FrameKind.channelClose, 3, '{"exit_status":0}'],
    ]);
  });

  it('is cut at its limit to the byte, and the rest of each stream is a gap with its hash', () => {
    const { recording, channel } = recorder('whole', 5);
    channel.output(Buffer.from('abc'), 'stdout');
    channel.output(Buffer.from('defg'), 'stdout');
    channel.output(Buffer.from('more'), 'stderr');
    channel.closed({});
    expect([recording.text(3), recording.text(3, FrameKind.stderr)]).toEqual(['abcde', '']);
    expect(recording.facts(FrameKind.gap)).toEqual([
      { bytes: 2, sha256: sha('fg'), why: 'size-limit', stream: 'output' },
      { bytes: 4, sha256: sha('more'), why: 'size-limit', stream: 'stderr' },
    ]);
  });

  it('goes on without a gap when a strict session exceeds its limit, which ends the session', () => {
    let calls = 0;
    const { recording, channel } = recorder('whole', 5, () => (calls += 1));
    channel.output(Buffer.from('abc'), 'stdout');
    expect(calls).toBe(0);
    channel.output(Buffer.from('defg'), 'stdout');
    channel.output(Buffer.from('last words'), 'stderr');
    channel.closed({});
    expect([recording.text(3), recording.text(3, FrameKind.stderr), calls]).toEqual(['abcdefg', 'last words', 1]);
    expect(recording.facts(FrameKind.gap)).toEqual([]);
  });

  it('contains size and hash of a bulk transfer, and its stderr', () => {
    const { recording, channel } = recorder('hash-only');
    channel.skip('input', 'bulk', Buffer.from('up'));
    channel.output(Buffer.from('down'), 'stdout');
    channel.output(Buffer.from('progress'), 'stderr');
    channel.closed({});
    expect(recording.facts(FrameKind.gap)).toEqual([
      { bytes: 2, sha256: sha('up'), why: 'bulk', stream: 'input' },
      { bytes: 4, sha256: sha('down'), why: 'bulk', stream: 'output' },
    ]);
    expect([recording.text(3), recording.text(3, FrameKind.stderr)]).toEqual(['', 'progress']);
  });

  it('contains only the length of a possible password', () => {
    const { recording, channel } = recorder('whole');
    channel.withhold('input', Buffer.from('password'));
    channel.closed({});
    expect(recording.facts(FrameKind.gap)).toEqual([{ bytes: 8, why: 'secret', stream: 'input' }]);
  });

  it('contains of files only their file frames', () => {
    const { recording, channel } = recorder('facts-only');
    channel.output(Buffer.from('down'), 'stdout');
    channel.closed({});
    expect(recording.frames.map(({ kind }) => kind)).toEqual([FrameKind.channelClose]);
  });

  it('has several frames for a long gap, so that a crash loses little of it', () => {
    const { recording, channel } = recorder('hash-only');
    const megabyte = Buffer.alloc(1024 * 1024);
    for (let sent = 0; sent < 70; sent += 1) channel.output(megabyte, 'stdout');
    channel.closed({});
    expect(recording.facts(FrameKind.gap)).toMatchObject([{ bytes: 64 * 1024 * 1024 }, { bytes: 6 * 1024 * 1024 }]);
  });
});
