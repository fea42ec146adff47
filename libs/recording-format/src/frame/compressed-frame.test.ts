import { zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { plainBytesOf } from './compressed-frame.js';
import { compressPayload } from './compressed-payload.js';
import { encodeCompressedInto } from './encode-frame.js';
import { FRAME_OVERHEAD_BYTES, MAX_PAYLOAD_BYTES } from './frame.js';
import { decodeFrames } from './frame-decoder.js';
import { FrameKind } from './frame-kind.js';

const LOG = Buffer.from('a line of a log\n'.repeat(10_000));

/** Returns the payload as it is stored: `bytes` are announced. */
function announced(bytes: number, packed: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes);
  return Buffer.concat([length, packed]);
}

function framed(stored: Uint8Array, kind: FrameKind = FrameKind.output): Buffer {
  const bytes = Buffer.alloc(FRAME_OVERHEAD_BYTES + stored.length);
  encodeCompressedInto(bytes, { seq: 1n, timeUs: 7, channel: 1, kind }, stored);
  return bytes;
}

const payloadOf = (stored: Uint8Array): Buffer => Buffer.from(decodeFrames(framed(stored))[0]!.payload);

describe('a compressed frame', () => {
  it.each([FrameKind.output, FrameKind.stderr, FrameKind.input])('of kind %i comes back as it was, and is much smaller', (kind) => {
    const bytes = framed(compressPayload(LOG)!, kind);
    const [frame] = decodeFrames(bytes);
    expect(Buffer.from(frame!.payload).equals(LOG)).toBe(true);
    expect(plainBytesOf(frame!)).toBe(LOG.length);
    expect(frame).toMatchObject({ seq: 1n, timeUs: 7, channel: 1, kind });
    expect(bytes.length).toBeLessThan(LOG.length / 50);
  });

  it('is not made of bytes that do not shrink', () => {
    const noise = crypto.getRandomValues(new Uint8Array(60_000));
    expect(compressPayload(noise)).toBeUndefined();
  });

  it('holds the largest payload that a frame may have', () => {
    const largest = Buffer.alloc(MAX_PAYLOAD_BYTES, 'x');
    expect(payloadOf(compressPayload(largest)!).equals(largest)).toBe(true);
  });

  it.each([FrameKind.command, FrameKind.session, FrameKind.end, FrameKind.sealed])(
    'of kind %i, which a recorder has to read, is refused',
    (kind) => expect(() => decodeFrames(framed(compressPayload(LOG)!, kind))).toThrow(/is never compressed/),
  );

  it.each([
    ['more bytes than it announces: it is not expanded further', announced(1_000, zstdCompressSync(LOG)), /larger than 1000 bytes/],
    ['fewer bytes than it announces', announced(LOG.length + 1, zstdCompressSync(LOG)), /160000 bytes, and 160001 are announced/],
    ['an impossible length', announced(MAX_PAYLOAD_BYTES + 1, zstdCompressSync(LOG)), /payload of 1048545 bytes is impossible/],
    ['no length', Buffer.of(1, 2), /its length is missing/],
    ['no zstd frame', announced(10, Buffer.from('0123456789')), /can not be expanded/],
    ['half a zstd frame', announced(LOG.length, zstdCompressSync(LOG).subarray(0, 20)), /can not be expanded/],
  ])('with %s is damaged', (_, stored, reason) => {
    const [frame] = decodeFrames(framed(stored)); // its bytes can be stored and proven
    expect(() => frame!.payload).toThrow(reason);
    expect(() => frame!.payload).toThrow(expect.objectContaining({ code: 'FRAME_CORRUPT' }));
  });
});
