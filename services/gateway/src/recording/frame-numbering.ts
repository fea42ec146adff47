import type { Clock } from '@sallyport/context';
import { HashChain } from '@sallyport/crypto/hash-chain';
import { encodeFrame, type FrameKind, FrameKind as Kind, frameChainSeed, MAX_PAYLOAD_BYTES } from '@sallyport/recording-format';
import type { HeldFrame } from './frame-run.js';

/** Longest payload of an output or input frame. Longer ones are split, so that they fit messages and segments well. */
const RAW_BYTES = 64 * 1024;

/** Assigns numbers, times and links to the frames of one session. Times never go back: they follow the monotonic clock from the start of the session. */
export class FrameNumbering {
  private readonly startUs: number;
  private readonly chain: HashChain;
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
    const isRaw = kind === Kind.output || kind === Kind.stderr || kind === Kind.input;
    const limit = isRaw ? RAW_BYTES : MAX_PAYLOAD_BYTES + 1; // one byte more, so that encodeFrame refuses a payload that must not be split
    const timeUs = Math.max(0, Math.round(this.startUs + this.clock.monotonic() * 1000));
    const frames: HeldFrame[] = [];
    for (let at = 0; at === 0 || at < payload.length; at += limit) {
      const seq = this.lastSeq + 1n;
      const bytes = encodeFrame({ seq, timeUs, channel, kind }, payload.subarray(at, at + limit));
      frames.push({ seq, bytes, link: this.chain.add(bytes) });
      this.lastSeq = seq;
    }
    return frames;
  }
}
