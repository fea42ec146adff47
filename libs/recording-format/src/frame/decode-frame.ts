import { FrameCorrupt } from '../format.errors.js';
import { crc32 } from './crc32.js';
import { CompressedFrame } from './compressed-frame.js';
import { frameKindName, isFrameKind, isStreamKind } from './frame-kind.js';
import {
  COMPRESSED_VERSION,
  FORMAT_VERSION,
  type Frame,
  FRAME_HEADER_BYTES,
  FRAME_MAGIC,
  FRAME_OVERHEAD_BYTES,
  type FrameHeader,
  MAX_PAYLOAD_BYTES,
  MAX_SEQ,
} from './frame.js';

interface ReadHeader extends FrameHeader {
  /** Length of the payload as it is stored. */
  readonly payloadBytes: number;
  readonly isCompressed: boolean;
}

/**
 * Reads the header at `start`; the caller has made sure that FRAME_HEADER_BYTES are there. It does not check the checksum. `origin` is the
 * position of `bytes` in the whole recording, for error messages. Throws FrameCorrupt.
 */
export function decodeHeader(bytes: Uint8Array, start = 0, origin = 0): ReadHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, FRAME_HEADER_BYTES);
  const at = origin + start;
  if (view.getUint16(0) !== FRAME_MAGIC) throw new FrameCorrupt('no frame begins here', at);
  const version = view.getUint8(2);
  const isCompressed = version === COMPRESSED_VERSION;
  if (!isCompressed && version !== FORMAT_VERSION) throw new FrameCorrupt(`format version ${version} is unknown to this program`, at);
  const kind = view.getUint8(3);
  if (!isFrameKind(kind)) throw new FrameCorrupt(`frame kind ${kind} is unknown`, at);
  if (isCompressed && !isStreamKind(kind)) throw new FrameCorrupt(`a frame of kind ${frameKindName(kind)} is never compressed`, at);
  const payloadBytes = view.getUint32(24);
  if (payloadBytes > MAX_PAYLOAD_BYTES) throw new FrameCorrupt(`a frame of ${payloadBytes} bytes is impossible`, at);
  const seq = view.getBigUint64(8);
  const time = view.getBigUint64(16);
  if (seq < 1n || seq > MAX_SEQ || time > MAX_SEQ) throw new FrameCorrupt('its number or time is out of range', at);
  return { kind, channel: view.getUint32(4), seq, timeUs: Number(time), payloadBytes, isCompressed };
}

/**
 * Reads the whole frame at `start`, or returns undefined if it is not complete yet. Throws FrameCorrupt for anything else. A compressed payload
 * is expanded when it is read, which throws FrameCorrupt too.
 */
export function decodeFrame(bytes: Uint8Array, start = 0, origin = 0): Frame | undefined {
  if (bytes.length - start < FRAME_HEADER_BYTES) return undefined;
  const { payloadBytes, isCompressed, ...header } = decodeHeader(bytes, start, origin);
  const end = start + FRAME_OVERHEAD_BYTES + payloadBytes;
  if (bytes.length < end) return undefined;
  const crcAt = end - 4;
  const stored = new DataView(bytes.buffer, bytes.byteOffset + crcAt, 4).getUint32(0);
  if (crc32(bytes, start, crcAt) !== stored) {
    throw new FrameCorrupt(`the checksum of frame ${header.seq} is wrong`, origin + start);
  }
  const payload = bytes.subarray(start + FRAME_HEADER_BYTES, crcAt);
  const whole = bytes.subarray(start, end);
  return isCompressed ? new CompressedFrame(header, payload, whole, origin + start) : { ...header, payload, bytes: whole };
}
