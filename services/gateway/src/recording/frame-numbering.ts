import type { Clock } from '@sallyport/context';
import { HashChain } from '@sallyport/crypto/hash-chain';
import {
  encodeFrame,
  encodeFrameInto,
  FRAME_OVERHEAD_BYTES,
  type FrameHeader,
  type FrameKind,
  FrameKind as Kind,
  frameChainSeed,
  MAX_PAYLOAD_BYTES,
} from '@sallyport/recording-format';
import type { HeldFrame } from './frame-run.js';
import { FrameSlab } from './frame-slab.js';

/** Longest payload of an output or input frame. Longer ones are split, so that they fit messages and segments well. */
const STREAM_BYTES = 64 * 1024;

/** Assigns numbers, times and links to the frames of one session. Times never go back: they follow the monotonic clock from the start of the session. */
export class FrameNumbering {
  private readonly startUs: number;
  private readonly chain: HashChain;
  private readonly slab = new FrameSlab();
  lastSeq = 0n;

  /** `startedAt` is the session's start by core's clock, milliseconds since 1970; a gateway whose clock is behind begins at 0. */
  constructor(
    private readonly clock: Clock,
    sessionId: string,
    startedAt: number,
  ) {
    this.startUs = Math.max(0, clock.now() - startedAt) * 1000 - clock.monotonic() * 1000;
    this.chain = HashChain.from(frameChainSeed(sessionId));
  }

  /** Returns the link of the last frame. */
  get lastLink(): Buffer {
    return this.chain.head;
  }

  /** Encodes a payload as frames: one, or several for long output or input. */
  frames(channel: number, kind: FrameKind, payload: Uint8Array): HeldFrame[] {
    const isStream = kind === Kind.output || kind === Kind.stderr || kind === Kind.input;
    const limit = isStream ? STREAM_BYTES : MAX_PAYLOAD_BYTES + 1; // one byte more, so that encodeFrame refuses a payload that must not be split
    const timeUs = Math.max(0, Math.round(this.startUs + this.clock.monotonic() * 1000));
    const frames: HeldFrame[] = [];
    for (let at = 0; at === 0 || at < payload.length; at += limit) {
      const seq = this.lastSeq + 1n;
      const bytes = this.encode({ seq, timeUs, channel, kind }, payload.subarray(at, at + limit), isStream);
      frames.push({ seq, bytes, link: this.chain.add(bytes) });
      this.lastSeq = seq;
    }
    return frames;
  }

  /** Frees memory that a session needs only while it sends. */
  rest(): void {
    this.slab.rest();
  }

  /** Encodes bytes of a channel in slabs. Other frames are few, and some are kept for long. */
  private encode(header: FrameHeader, payload: Uint8Array, isStream: boolean): Uint8Array {
    if (!isStream) return encodeFrame(header, payload);
    const bytes = this.slab.take(FRAME_OVERHEAD_BYTES + payload.length);
    encodeFrameInto(bytes, header, payload);
    return bytes;
  }
}
