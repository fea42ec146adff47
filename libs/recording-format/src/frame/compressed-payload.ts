import { zlib } from '../node-zlib.js';
import { MAX_PAYLOAD_BYTES } from './frame.js';

/** Bytes before the zstd frame: the length of the plain payload. */
const LENGTH_BYTES = 4;
/** A payload that shrinks by less than this share is stored as it is. */
const WORTH = 1 / 8;
/** The level of zstd that costs least and still finds repetitions. */
const LEVEL = 1;
/** zstd adds this much at most to a payload that does not shrink, for any length that a frame may have. */
const MOST_ADDED_BYTES = 8 * 1024;

/** Returns the payload compressed (FORMAT.md, "Compressed payload"); undefined if that is not worth it. */
export function compressPayload(plain: Uint8Array): Uint8Array | undefined {
  if (zlib === undefined) return undefined;
  const packed = zlib.zstdCompressSync(plain, {
    chunkSize: plain.length + MOST_ADDED_BYTES,
    pledgedSrcSize: plain.length,
    params: { [zlib.constants.ZSTD_c_compressionLevel]: LEVEL },
  });
  const bytes = LENGTH_BYTES + packed.length;
  if (bytes > plain.length * (1 - WORTH)) return undefined;
  const payload = new Uint8Array(bytes);
  new DataView(payload.buffer).setUint32(0, plain.length);
  payload.set(packed, LENGTH_BYTES);
  return payload;
}

/** Returns the length of the plain payload, as it is announced. */
export const announcedBytes = (payload: Uint8Array): number =>
  payload.length < LENGTH_BYTES ? 0 : new DataView(payload.buffer, payload.byteOffset).getUint32(0);

/** Returns the plain payload. Throws an Error that says what is wrong; it never makes more than a frame may have. */
export function expandPayload(payload: Uint8Array): Uint8Array {
  if (zlib === undefined) throw new Error('this program has no zstd');
  if (payload.length < LENGTH_BYTES) throw new Error('its length is missing');
  const bytes = announcedBytes(payload);
  if (bytes < 1 || bytes > MAX_PAYLOAD_BYTES) throw new Error(`a payload of ${bytes} bytes is impossible`);
  const plain = zlib.zstdDecompressSync(payload.subarray(LENGTH_BYTES), { maxOutputLength: bytes, chunkSize: Math.max(bytes, 64) });
  if (plain.length !== bytes) throw new Error(`it has ${plain.length} bytes, and ${bytes} are announced`);
  return plain;
}
