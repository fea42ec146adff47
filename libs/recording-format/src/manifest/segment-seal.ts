import { FrameCorrupt } from '../format.errors.js';
import { MAX_SEQ } from '../frame/frame.js';

/** Statement of a recorder at the end of a stored object: the frames before it are those that it received. */
export interface SegmentSeal {
  readonly firstSeq: bigint;
  readonly lastSeq: bigint;
  /** Link of the frame before the first, 32 bytes. */
  readonly linkBefore: Uint8Array;
  /** Link of the last frame, 32 bytes. */
  readonly linkAfter: Uint8Array;
  /** SHA-256 of the frames, 32 bytes. */
  readonly sha256: Uint8Array;
  /** Id of the signing key, 32 bytes: SHA-256 of its SPKI DER. */
  readonly keyId: Uint8Array;
}

/** "SPSL". */
const SEAL_MAGIC = 0x5350534c;
const SEAL_VERSION = 2;
const BODY_BYTES = 152;
const SIGNATURE_BYTES = 64;
/** Bytes of a seal. */
export const SEAL_BYTES = BODY_BYTES + SIGNATURE_BYTES;

/** Returns the bytes of a seal that are signed, without the session (FORMAT.md, "Seal"). */
export function sealBody(seal: SegmentSeal): Uint8Array {
  const bytes = new Uint8Array(BODY_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, SEAL_MAGIC);
  view.setUint8(4, SEAL_VERSION);
  view.setBigUint64(8, seal.firstSeq);
  view.setBigUint64(16, seal.lastSeq);
  bytes.set(seal.linkBefore, 24);
  bytes.set(seal.linkAfter, 56);
  bytes.set(seal.sha256, 88);
  bytes.set(seal.keyId, 120);
  return bytes;
}

/** Returns the bytes that are signed: they bind the seal to its session. */
export function sealedBytes(sessionId: string, body: Uint8Array): Uint8Array {
  const prefix = new TextEncoder().encode(`sallyport segment v2\n${sessionId}\n`);
  const bytes = new Uint8Array(prefix.length + body.length);
  bytes.set(prefix);
  bytes.set(body, prefix.length);
  return bytes;
}

/** The parts of a stored object that ends with a seal. */
export interface SealedObject {
  readonly frames: Uint8Array;
  readonly seal: SegmentSeal;
  readonly body: Uint8Array;
  readonly signature: Uint8Array;
}

/** Splits a stored object into frames and seal. Returns undefined if it does not end with a seal. Throws FrameCorrupt for an impossible one. */
export function splitSealed(object: Uint8Array): SealedObject | undefined {
  const at = object.length - SEAL_BYTES;
  if (at < 0) return undefined;
  const view = new DataView(object.buffer, object.byteOffset + at, SEAL_BYTES);
  if (view.getUint32(0) !== SEAL_MAGIC) return undefined;
  const version = view.getUint8(4);
  if (version !== SEAL_VERSION) throw new FrameCorrupt(`seal version ${version} is unknown to this program`, at);
  const [firstSeq, lastSeq] = [view.getBigUint64(8), view.getBigUint64(16)];
  if (firstSeq < 1n || lastSeq < firstSeq || lastSeq > MAX_SEQ)
    throw new FrameCorrupt('the frame numbers of its seal are out of range', at);
  const field = (from: number): Uint8Array => object.subarray(at + from, at + from + 32);
  return {
    frames: object.subarray(0, at),
    seal: { firstSeq, lastSeq, linkBefore: field(24), linkAfter: field(56), sha256: field(88), keyId: field(120) },
    body: object.subarray(at, at + BODY_BYTES),
    signature: object.subarray(at + BODY_BYTES),
  };
}
