import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { FrameKind } from '@sallyport/recording-format';
import { aSessionMeta, waitUntil } from '@sallyport/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CountingRecorder } from '../../test/counting-recorder.js';
import type { SessionRecording } from '../taps/recording-port.js';

const KIB = 1024;
const BYTES = 8 * KIB * KIB;
/** It does not shrink. */
const PACKET = randomBytes(32 * KIB);
/** Messages for the first frame, for the end, and for packets that came while a message was written. */
const FEW = 4;

let recorder: CountingRecorder;
let recording: SessionRecording;
beforeEach(async () => {
  recorder = await CountingRecorder.start({ sessionBytes: 2 * BYTES });
  recording = recorder.link.open(aSessionMeta(), 'strict');
  expect(await waitUntil(async () => recorder.batches.length === 1, 10_000)).toBe(true);
});
afterEach(() => recorder.stop());

const record = (): void => recording.append(1, FrameKind.output, PACKET);

async function countAll(): Promise<number> {
  await recording.close();
  expect(recorder.output().length).toBe(BYTES);
  return recorder.batches.length;
}

it('a burst is sent within its time, though nothing follows it', async () => {
  recording.append(1, FrameKind.output, PACKET);
  expect(await waitUntil(async () => recorder.output().length === PACKET.length, 10_000)).toBe(true);
});

it('8 MiB of output that come faster than they are sent are messages of 256 KiB', async () => {
  for (let at = 0; at < BYTES; at += PACKET.length) record();
  expect(await countAll()).toBeLessThanOrEqual(BYTES / (256 * KIB) + FEW);
});

it('8 MiB of output that come a packet at a time are messages of at least 64 KiB on average', async () => {
  for (let at = 0; at < BYTES; at += PACKET.length) {
    record();
    await nextTurn();
  }
  expect(await countAll()).toBeLessThanOrEqual(BYTES / (64 * KIB) + FEW);
});

it('8 MiB of output that shrink are few small messages', async () => {
  for (let at = 0; at < BYTES; at += PACKET.length) recording.append(1, FrameKind.output, Buffer.alloc(PACKET.length, 'x'));
  expect(await countAll()).toBeLessThanOrEqual(FEW);
});
