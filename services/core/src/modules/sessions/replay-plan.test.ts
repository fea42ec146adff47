import { describe, expect, it } from 'vitest';
import { planReplay, type ReplayWish } from './replay-plan.js';

const CHANNEL = { channel: 3, kind: 'shell', command: '', openedUs: 0n, counts: undefined };
const closed = { lastSeq: 9n, sizeBytes: 100n, durationUs: 5_000_000n, closed: true, channels: [CHANNEL], link: Buffer.alloc(0) };
const open = { ...closed, closed: false };
const wish = (given: Partial<ReplayWish> = {}): ReplayWish => ({
  sessionId: 's1',
  format: 'native',
  fromSeconds: undefined,
  toSeconds: undefined,
  channel: 0,
  markers: 'commands',
  range: undefined,
  ifRange: undefined,
  ...given,
});
const etag = '"s1-9-100"';

describe('planReplay', () => {
  it('returns a closed recording whole, or the requested bytes', () => {
    expect(planReplay(wish(), closed)).toEqual({ source: 'bytes', status: 200, first: 0, last: 99, size: 100, etag });
    expect(planReplay(wish({ range: 'bytes=10-19' }), closed)).toEqual({
      source: 'bytes',
      status: 206,
      first: 10,
      last: 19,
      size: 100,
      etag,
    });
    expect(planReplay(wish({ range: 'bytes=100-' }), closed)).toEqual({ source: 'nothing', status: 416, size: 100 });
  });

  it('resumes a download only of the very same recording', () => {
    expect(planReplay(wish({ range: 'bytes=10-19', ifRange: etag }), closed)).toMatchObject({ status: 206 });
    expect(planReplay(wish({ range: 'bytes=10-19', ifRange: '"s1-8-90"' }), closed)).toMatchObject({ status: 200, first: 0, last: 99 });
  });

  it('returns the stored frames of a running recording, whatever the range', () => {
    expect(planReplay(wish({ range: 'bytes=10-19' }), open)).toEqual({ source: 'frames', fromUs: 0n, toUs: 0n });
  });

  it('cuts by time', () => {
    expect(planReplay(wish({ fromSeconds: 1.5, toSeconds: 2 }), closed)).toEqual({
      source: 'frames',
      fromUs: 1_500_000n,
      toUs: 2_000_000n,
    });
    expect(planReplay(wish({ fromSeconds: 1.5 }), closed)).toEqual({ source: 'frames', fromUs: 1_500_000n, toUs: 0n });
  });

  it('cuts an asciicast by time, with markers of commands or without', () => {
    const span = { fromUs: 1_500_000n, toUs: 0n };
    expect(planReplay(wish({ format: 'asciicast', fromSeconds: 1.5 }), closed)).toEqual({
      source: 'asciicast',
      channel: 0,
      withoutMarkers: false,
      ...span,
    });
    expect(planReplay(wish({ format: 'asciicast', markers: 'none' }), open)).toMatchObject({ withoutMarkers: true, fromUs: 0n });
  });

  it.each([
    ['a time range that is empty', { fromSeconds: 2, toSeconds: 2 }, 'to_seconds=2 must be more than from_seconds=2'],
    ['an empty beginning', { toSeconds: 0 }, 'to_seconds=0 must be more than from_seconds=0'],
    [
      'an empty time range of an asciicast',
      { format: 'asciicast', fromSeconds: 2, toSeconds: 1 },
      'to_seconds=1 must be more than from_seconds=2',
    ],
    ['a time range of a bundle', { format: 'bundle', toSeconds: 1 }, 'not format=bundle'],
  ] as const)('refuses %s', (_, given, words) => {
    expect(() => planReplay(wish(given), closed)).toThrow(words);
  });

  it('returns a bundle only after it is signed', () => {
    expect(planReplay(wish({ format: 'bundle' }), closed)).toEqual({ source: 'bundle' });
    expect(() => planReplay(wish({ format: 'bundle' }), open)).toThrow('not closed yet');
  });

  it('returns an asciicast of a running recording too', () => {
    expect(planReplay(wish({ format: 'asciicast', channel: 3 }), open)).toMatchObject({ source: 'asciicast', channel: 3 });
  });
});
