import { decodeFrames, FrameKind } from '@sallyport/recording-format';
import { fakeClock } from '@sallyport/testkit';
import { expect, it } from 'vitest';
import { FrameNumbering } from './frame-numbering.js';
import { runOf } from './frame-run.js';

const aNumbering = (): FrameNumbering => {
  const clock = fakeClock();
  return new FrameNumbering(clock, '0197f9f0-0000-7000-8000-000000000001', clock.now());
};

it('consecutive frames of one slab become a message without a copy', () => {
  const numbering = aNumbering();
  const payloads = Array.from({ length: 3 }, (_, at) => Buffer.alloc(1_000, String(at)));
  const frames = payloads.flatMap((payload) => numbering.frames(1, FrameKind.output, payload));
  const run = runOf(frames);
  expect(run.bytes.buffer).toBe(frames[0]!.bytes.buffer);
  expect(decodeFrames(run.bytes).map(({ payload }) => Buffer.from(payload))).toEqual(payloads);
  expect([run.firstSeq, run.lastSeq]).toEqual([frames[0]!.seq, frames[2]!.seq]);
});

it('frames of different kinds and slabs are put together with a copy, in order', () => {
  const numbering = aNumbering();
  const frames = [
    ...numbering.frames(1, FrameKind.output, Buffer.from('a')),
    ...numbering.frames(1, FrameKind.command, Buffer.from('{}')),
    ...numbering.frames(1, FrameKind.output, Buffer.alloc(1_900, 'b')),
  ];
  expect(decodeFrames(runOf(frames).bytes).map(({ seq }) => seq)).toEqual([1n, 2n, 3n]);
});

it('a session with keystrokes alone holds small slabs, and none while it rests', () => {
  const numbering = aNumbering();
  const [first] = numbering.frames(1, FrameKind.output, Buffer.from('k'));
  expect(first!.bytes.buffer.byteLength).toBe(4_096);
  numbering.rest();
  const [second] = numbering.frames(1, FrameKind.output, Buffer.from('k'));
  expect(second!.bytes.buffer).not.toBe(first!.bytes.buffer);
});
