import { crc32 as zlibCrc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { FrameCorrupt, FrameHole, FrameTooLarge, FrameTruncated } from '../format.errors.js';
import { crc32, portableCrc32 } from './crc32.js';
import { encodeFrame } from './encode-frame.js';
import { FRAME_OVERHEAD_BYTES, MAX_PAYLOAD_BYTES } from './frame.js';
import { decodeFrames, FrameDecoder } from './frame-decoder.js';
import { FrameKind } from './frame-kind.js';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const output = (seq: bigint, text: string): Uint8Array =>
  encodeFrame({ seq, timeUs: Number(seq) * 10, channel: 1, kind: FrameKind.output }, bytesOf(text));
const three = Uint8Array.from([...output(1n, 'one'), ...output(2n, ''), ...output(3n, 'three')]);

describe('crc32', () => {
  it.each([
    ['in Node', crc32],
    ['in a browser', portableCrc32],
  ])('agrees with zlib for every length and start, %s', (_, own) => {
    const bytes = Uint8Array.from({ length: 100 }, (_, at) => (at * 151 + 7) & 255);
    for (let from = 0; from < 20; from++) {
      for (let to = from; to <= 100; to++) expect(own(bytes, from, to)).toBe(zlibCrc32(bytes.subarray(from, to)));
    }
  });
});

describe('a frame', () => {
  it('comes back as it was, with the largest number, time and channel', () => {
    const header = { seq: BigInt(Number.MAX_SAFE_INTEGER), timeUs: Number.MAX_SAFE_INTEGER, channel: 0xffff_ffff, kind: FrameKind.stderr };
    const bytes = encodeFrame(header, bytesOf('x'));
    expect(bytes.length).toBe(FRAME_OVERHEAD_BYTES + 1);
    expect(decodeFrames(bytes)).toEqual([{ ...header, payload: bytesOf('x'), bytes }]);
  });

  it('refuses a payload above its bound', () => {
    const header = { seq: 1n, timeUs: 0, channel: 1, kind: FrameKind.output };
    expect(() => encodeFrame(header, new Uint8Array(MAX_PAYLOAD_BYTES + 1))).toThrow(FrameTooLarge);
    expect(decodeFrames(encodeFrame(header, new Uint8Array(MAX_PAYLOAD_BYTES)))).toHaveLength(1);
  });
});

describe('a stream of frames', () => {
  it.each([1, 2, 3, 7, 27, 28, 29, 31, 64])('decodes the same in pieces of %i bytes', (size) => {
    const decoder = new FrameDecoder({ firstSeq: 1n });
    const texts: string[] = [];
    for (let at = 0; at < three.length; at += size) {
      for (const frame of decoder.push(three.slice(at, at + size))) texts.push(new TextDecoder().decode(frame.payload));
    }
    decoder.end();
    expect(texts).toEqual(['one', '', 'three']);
  });

  it('notices every single flipped bit', () => {
    const missed: number[] = [];
    for (let bit = 0; bit < three.length * 8; bit++) {
      const damaged = three.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      try {
        decodeFrames(damaged, { firstSeq: 1n });
        missed.push(bit);
      } catch (error) {
        expect([FrameCorrupt, FrameTruncated, FrameHole].some((kind) => error instanceof kind)).toBe(true);
      }
    }
    expect(missed).toEqual([]);
  });

  it('notices a frame that is missing, at the start and in the middle', () => {
    const holed = Uint8Array.from([...output(1n, 'a'), ...output(3n, 'c')]);
    expect(() => decodeFrames(holed)).toThrow(new FrameHole(2n, 3n));
    expect(() => decodeFrames(three, { firstSeq: 2n })).toThrow(new FrameHole(2n, 1n));
  });

  it('notices an end inside a frame', () => {
    expect(() => decodeFrames(three.subarray(0, three.length - 1))).toThrow(FrameTruncated);
  });

  it('reports the damaged byte, counted from the beginning of the stream', () => {
    const damaged = Uint8Array.from([...three, ...output(4n, 'four')]);
    damaged[three.length] = 0;
    const decoder = new FrameDecoder();
    const pushAll = (): void => {
      for (let at = 0; at < damaged.length; at += 10) for (const frame of decoder.push(damaged.slice(at, at + 10))) void frame;
    };
    expect(pushAll).toThrow(`at byte ${three.length}`);
  });
});
