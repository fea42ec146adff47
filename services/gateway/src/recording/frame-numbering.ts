import type { Clock } from '@sallyport/context';
import { HashChain } from '@sallyport/crypto/hash-chain';
import {
  compressPayload,
  encodeCompressedInto,
  encodeFrame,
  encodeFrameInto,
  FRAME_OVERHEAD_BYTES,
  type FrameHeader,
  type FrameKind,
  frameChainSeed,
  frameInPlace,
  isStreamKind,
} from '@sallyport/recording-format';
import type { HeldFrame } from './frame-run.js';
import { FrameSlab } from './frame-slab.js';
import { StreamBlock } from './stream-block.js';

/** A frame that has its number. */
export interface NumberedFrame extends HeldFrame {
  readonly kind: FrameKind;
}

/**
 * Assigns numbers, times and links to the frames of one session. Times never go back: they follow the monotonic clock from the start of the session.
 * Bytes of a stream that come fast are joined to a block, which becomes one compressed frame.
 */
export class FrameNumbering {
  private readonly startUs: number;
  private readonly chain: HashChain;
  private readonly slab = new FrameSlab();
  private readonly block = new StreamBlock();
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

  /** Returns how many bytes wait for others in a block. */
  get openBytes(): number {
    return this.block.bytes;
  }

  /** Takes a payload and returns the frames that it completes: none while a block waits for more. */
  frames(channel: number, kind: FrameKind, payload: Uint8Array): NumberedFrame[] {
    const isStream = isStreamKind(kind);
    if (isStream && this.block.continues(channel, kind)) return this.join(channel, kind, payload);
    const before = this.endBlock();
    if (isStream && this.block.begins(payload.length)) return [...before, ...this.join(channel, kind, payload)];
    return [...before, this.plain(this.header(channel, kind), payload, isStream)];
  }

  /** Ends the open block. Returns its frame, or nothing. */
  endBlock(): NumberedFrame[] {
    const { block } = this;
    if (block.bytes === 0) return [];
    const header = { ...block.head, seq: this.lastSeq + 1n };
    const compressed = compressPayload(block.payload);
    if (compressed === undefined) {
      const bytes = block.giveFrame();
      frameInPlace(bytes, header);
      return [this.numbered(header, bytes)];
    }
    const bytes = this.slab.take(FRAME_OVERHEAD_BYTES + compressed.length);
    encodeCompressedInto(bytes, header, compressed);
    block.clear();
    return [this.numbered(header, bytes)];
  }

  /** Frees memory that a session needs only while it sends. */
  rest(): void {
    this.slab.rest();
    if (this.openBytes === 0) this.block.rest();
  }

  private join(channel: number, kind: FrameKind, payload: Uint8Array): NumberedFrame[] {
    const frames: NumberedFrame[] = [];
    for (let at = 0; at < payload.length; ) {
      if (this.block.bytes === 0) this.block.begin({ channel, kind, timeUs: this.now() });
      at += this.block.take(payload.subarray(at));
      if (this.block.isFull) frames.push(...this.endBlock());
    }
    return frames;
  }

  private header(channel: number, kind: FrameKind): FrameHeader {
    return { seq: this.lastSeq + 1n, timeUs: this.now(), channel, kind };
  }

  /** Encodes bytes of a channel in slabs. Other frames are few, and some are kept for long. */
  private plain(header: FrameHeader, payload: Uint8Array, isStream: boolean): NumberedFrame {
    if (!isStream) return this.numbered(header, encodeFrame(header, payload));
    const bytes = this.slab.take(FRAME_OVERHEAD_BYTES + payload.length);
    encodeFrameInto(bytes, header, payload);
    return this.numbered(header, bytes);
  }

  private numbered({ seq, kind }: FrameHeader, bytes: Uint8Array): NumberedFrame {
    this.lastSeq = seq;
    return { seq, kind, bytes, link: this.chain.add(bytes) };
  }

  private now(): number {
    return Math.max(0, Math.round(this.startUs + this.clock.monotonic() * 1000));
  }
}
