import { FrameHole, FrameTruncated } from '../format.errors.js';
import { decodeFrame } from './decode-frame.js';
import type { Frame } from './frame.js';

/**
 * Cuts a stream of bytes, in pieces of any size, into frames. The first damaged byte throws FrameCorrupt, a missing number FrameHole, and
 * `end()` FrameTruncated if bytes of an unfinished frame are left. Holds at most one unfinished frame.
 */
export class FrameDecoder {
  private rest: Uint8Array = new Uint8Array(0);
  private offset = 0;
  private expected: bigint | undefined;

  private readonly isSparse: boolean;

  /**
   * With `firstSeq` the first frame must have that number. Every later one must follow its predecessor, unless `isSparse`: a selection of
   * frames.
   */
  constructor(options: { firstSeq?: bigint; isSparse?: boolean } = {}) {
    this.expected = options.firstSeq;
    this.isSparse = options.isSparse ?? false;
  }

  /** Returns the frames that are complete with this piece. They are views of it: use or copy them before its buffer is used again. */
  *push(piece: Uint8Array): Generator<Frame, void, undefined> {
    const bytes = this.rest.length === 0 ? piece : join(this.rest, piece);
    let at = 0;
    for (;;) {
      const frame = decodeFrame(bytes, at, this.offset);
      if (frame === undefined) break;
      this.follow(frame.seq);
      at += frame.bytes.length;
      yield frame;
    }
    this.rest = bytes.slice(at);
    this.offset += at;
  }

  /** Ends the stream. Throws FrameTruncated if bytes of an unfinished frame are left. */
  end(): void {
    if (this.rest.length > 0) throw new FrameTruncated(this.rest.length, this.offset);
  }

  private follow(seq: bigint): void {
    if (this.expected !== undefined && seq !== this.expected && !this.isSparse) throw new FrameHole(this.expected, seq);
    this.expected = seq + 1n;
  }
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** Decodes a buffer that contains whole frames only. Errors as FrameDecoder. */
export function decodeFrames(bytes: Uint8Array, options: { firstSeq?: bigint } = {}): Frame[] {
  const decoder = new FrameDecoder(options);
  const frames = [...decoder.push(bytes)];
  decoder.end();
  return frames;
}
