import { FrameTooLarge } from '../format.errors.js';
import { crc32 } from './crc32.js';
import {
  COMPRESSED_VERSION,
  FORMAT_VERSION,
  FRAME_HEADER_BYTES,
  FRAME_MAGIC,
  FRAME_OVERHEAD_BYTES,
  FRAME_TRAILER_BYTES,
  type FrameHeader,
  MAX_PAYLOAD_BYTES,
} from './frame.js';

/**
 * Encodes one frame as it is stored (FORMAT.md, "Frame"): header, payload, CRC-32, all numbers big-endian. Throws FrameTooLarge for a
 * payload above MAX_PAYLOAD_BYTES.
 */
export function encodeFrame(header: FrameHeader, payload: Uint8Array): Uint8Array {
  if (payload.length > MAX_PAYLOAD_BYTES) throw new FrameTooLarge(payload.length, MAX_PAYLOAD_BYTES);
  const bytes = new Uint8Array(FRAME_OVERHEAD_BYTES + payload.length);
  encodeFrameInto(bytes, header, payload);
  return bytes;
}

/** Encodes one frame in place. `bytes` has exactly the length of the frame: FRAME_OVERHEAD_BYTES more than the payload. */
export function encodeFrameInto(bytes: Uint8Array, header: FrameHeader, payload: Uint8Array): void {
  bytes.set(payload, FRAME_HEADER_BYTES);
  frameInPlace(bytes, header, FORMAT_VERSION);
}

/** Encodes one frame of a payload that {@link compressPayload} made, as {@link encodeFrameInto} does. */
export function encodeCompressedInto(bytes: Uint8Array, header: FrameHeader, compressed: Uint8Array): void {
  bytes.set(compressed, FRAME_HEADER_BYTES);
  frameInPlace(bytes, header, COMPRESSED_VERSION);
}

/** Writes header and checksum around a payload that is in its place already. */
export function frameInPlace(bytes: Uint8Array, header: FrameHeader, version = FORMAT_VERSION): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const end = bytes.length - FRAME_TRAILER_BYTES;
  view.setUint16(0, FRAME_MAGIC);
  view.setUint8(2, version);
  view.setUint8(3, header.kind);
  view.setUint32(4, header.channel);
  view.setBigUint64(8, header.seq);
  view.setBigUint64(16, BigInt(header.timeUs));
  view.setUint32(24, end - FRAME_HEADER_BYTES);
  view.setUint32(end, crc32(bytes, 0, end));
}
