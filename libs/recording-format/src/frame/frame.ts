import type { FrameKind } from './frame-kind.js';

/** Version of the frame layout. A new layout gets a new number; readers support the old ones without end. */
export const FORMAT_VERSION = 1;
/** The same layout with a compressed payload. */
export const COMPRESSED_VERSION = 2;
/** "SP", the first two bytes of every frame. */
export const FRAME_MAGIC = 0x5350;
/** Bytes before the payload. */
export const FRAME_HEADER_BYTES = 28;
/** Bytes after the payload: the CRC-32 of header and payload. */
export const FRAME_TRAILER_BYTES = 4;
/** Bytes of a frame beside its payload. */
export const FRAME_OVERHEAD_BYTES = FRAME_HEADER_BYTES + FRAME_TRAILER_BYTES;
/** A whole frame is at most this long, so that it always fits a segment. */
export const MAX_FRAME_BYTES = 1 << 20;
/** Largest payload of one frame. */
export const MAX_PAYLOAD_BYTES = MAX_FRAME_BYTES - FRAME_OVERHEAD_BYTES;
/** Largest frame number and time that survive JSON (the manifest has both as numbers). */
export const MAX_SEQ = BigInt(Number.MAX_SAFE_INTEGER);

/** A frame's header. */
export interface FrameHeader {
  /** From 1, without holes. */
  readonly seq: bigint;
  /** Microseconds since the session began. */
  readonly timeUs: number;
  /** Channel within the session from 1; 0 is the session itself. */
  readonly channel: number;
  readonly kind: FrameKind;
}

/** One decoded frame. `payload` and `bytes` are views of the buffer it was decoded from: copy what you keep. */
export interface Frame extends FrameHeader {
  readonly payload: Uint8Array;
  /** The whole frame as it is stored. */
  readonly bytes: Uint8Array;
}
