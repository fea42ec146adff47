import { randomBytes } from 'node:crypto';
import { decodeFrames, FrameKind } from '@sallyport/recording-format';
import { fakeClock, type FakeClock } from '@sallyport/testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import { FrameNumbering, type NumberedFrame } from './frame-numbering.js';

const PACKET = Buffer.from('a line of a log\n'.repeat(2_048)); // 32 KiB
let clock: FakeClock;
let numbering: FrameNumbering;
beforeEach(() => {
  clock = fakeClock();
  numbering = new FrameNumbering(clock, '0197f9f0-0000-7000-8000-000000000001', clock.now());
});

const output = (payload: Uint8Array, channel = 1): NumberedFrame[] => numbering.frames(channel, FrameKind.output, payload);
const decoded = (frames: readonly NumberedFrame[]): ReturnType<typeof decodeFrames> =>
  decodeFrames(Buffer.concat(frames.map(({ bytes }) => bytes)));
const plainOf = (frames: readonly NumberedFrame[]): Buffer => Buffer.concat(decoded(frames).map(({ payload }) => payload));

describe('output that comes fast', () => {
  it('becomes compressed frames of 256 KiB, of which nothing is missing', () => {
    const packets = Array.from({ length: 60 }, () => PACKET);
    const frames = [...packets.flatMap((packet) => output(packet)), ...numbering.endBlock()];
    expect(plainOf(frames).equals(Buffer.concat(packets))).toBe(true);
    expect(frames.length).toBeLessThanOrEqual(2 + (60 * 32) / 256 + 1);
    expect(frames.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThan(20_000);
  });

  it('is stored as it came if it does not shrink', () => {
    const noise = randomBytes(300_000);
    const frames = [...output(noise), ...numbering.endBlock()];
    expect(plainOf(frames).equals(noise)).toBe(true);
    expect(frames.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThan(300_200);
  });

  it('has the time of its first byte, and comes before what came later, of whatever kind and channel', async () => {
    expect(output(PACKET.subarray(0, 5_000))).toEqual([]);
    await clock.advance(20);
    expect(output(Buffer.from('and a prompt'))).toEqual([]);
    const frames = [...output(Buffer.from('other channel'), 2), ...numbering.frames(1, FrameKind.command, Buffer.from('{}'))];
    expect(decoded(frames).map(({ seq, timeUs, channel, kind }) => [Number(seq), timeUs, channel, kind])).toEqual([
      [1, 0, 1, FrameKind.output],
      [2, 20_000, 2, FrameKind.output],
      [3, 20_000, 1, FrameKind.command],
    ]);
    expect(Buffer.from(decoded(frames)[0]!.payload).toString().endsWith('and a prompt')).toBe(true);
  });

  it('of two streams in turn keeps their order', () => {
    const frames = [1, 2, 1].flatMap((channel) => output(PACKET, channel));
    frames.push(...numbering.endBlock());
    expect(decoded(frames).map(({ channel }) => channel)).toEqual([1, 2, 1]);
  });
});

it('what is typed is a frame at once', () => {
  expect(output(Buffer.from('k'))).toHaveLength(1);
  expect(numbering.openBytes).toBe(0);
});

it('frames are linked as they are stored', () => {
  const first = [...output(PACKET), ...numbering.endBlock()];
  expect(first[0]!.link!.equals(numbering.lastLink)).toBe(true);
});
