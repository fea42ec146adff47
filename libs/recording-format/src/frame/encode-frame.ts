import { FrameTooLarge } from '../format.errors.js';
import { crc32 } from './crc32.js';
import { FORMAT_VERSION, FRAME_HEADER_BYTES, FRAME_MAGIC, FRAME_OVERHEAD_BYTES, type FrameHeader, MAX_PAYLOAD_BYTES } from './frame.js';

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
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint16(0, FRAME_MAGIC);
  view.setUint8(2, FORMAT_VERSION);
  view.setUint8(3, header.kind);
  view.setUint32(4, header.channel);
  view.setBigUint64(8, header.seq);
  view.setBigUint64(16, BigInt(header.timeUs));
  view.setUint32(24, payload.length);
  bytes.set(payload, FRAME_HEADER_BYTES);
  const end = FRAME_HEADER_BYTES + payload.length;
  view.setUint32(end, crc32(bytes, 0, end));
}
