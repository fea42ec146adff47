/** Converts between KeyObjects and the numbers and points of SSH blobs. node:crypto refuses points that are not on their curve. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { SshKeyError } from './key-error.js';

/** A NIST curve: its names in SSH blobs and in JWK, and its field size. */
export interface Curve {
  readonly ssh: 'nistp256' | 'nistp384' | 'nistp521';
  readonly jwk: 'P-256' | 'P-384' | 'P-521';
  readonly bits: 256 | 384 | 521;
  /** Length of a coordinate in bytes. */
  readonly bytes: 32 | 48 | 66;
}

/** The NIST curves of RFC 5656. */
export const CURVES: readonly Curve[] = [
  { ssh: 'nistp256', jwk: 'P-256', bits: 256, bytes: 32 },
  { ssh: 'nistp384', jwk: 'P-384', bits: 384, bytes: 48 },
  { ssh: 'nistp521', jwk: 'P-521', bits: 521, bytes: 66 },
];

const ED25519_SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** Smallest RSA modulus that is parsed; verification requires a larger one unless its policy allows this. */
const MIN_RSA_BITS = 1024;
/** OpenSSH accepts 16,384 bits, with which one verification takes 7 ms. No guide recommends more than 4096. */
const MAX_RSA_BITS = 8192;
const MAX_RSA_EXPONENT_BYTES = 8;

const importKey = (build: () => KeyObject, what: string): KeyObject => {
  try {
    return build();
  } catch (cause) {
    throw new SshKeyError('malformed', `${what} is not a valid key`, { cause });
  }
};

/** Returns an Ed25519 public key from its 32 bytes (RFC 8709 §4). Throws SshKeyError if it is invalid. */
export const ed25519PublicKey = (point: Buffer): KeyObject => {
  if (point.length !== 32) throw new SshKeyError('malformed', `Ed25519 public key has ${point.length} bytes instead of 32`);
  return importKey(
    () => createPublicKey({ key: Buffer.concat([ED25519_SPKI_PREFIX, point]), format: 'der', type: 'spki' }),
    'Ed25519 point',
  );
};

/** Returns the 32 bytes of an Ed25519 public key. */
export const ed25519Point = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'spki' }).subarray(ED25519_SPKI_PREFIX.length);

/** Returns an ECDSA public key from an uncompressed point (RFC 5656 §3.1). Throws SshKeyError if it is invalid. */
export const ecdsaPublicKey = (curve: Curve, point: Buffer): KeyObject => {
  if (point.length !== 1 + 2 * curve.bytes || point[0] !== 4)
    throw new SshKeyError('malformed', `ECDSA point of ${curve.ssh} is not uncompressed`);
  const x = point.subarray(1, 1 + curve.bytes).toString('base64url');
  const y = point.subarray(1 + curve.bytes).toString('base64url');
  return importKey(() => createPublicKey({ key: { kty: 'EC', crv: curve.jwk, x, y }, format: 'jwk' }), 'ECDSA point');
};

/** Returns the uncompressed point of an ECDSA public key. */
export const ecdsaPoint = (curve: Curve, key: KeyObject): Buffer => {
  const { x, y } = key.export({ format: 'jwk' });
  const coordinate = (text: unknown): Buffer => leftPad(Buffer.from(String(text), 'base64url'), curve.bytes);
  return Buffer.concat([Buffer.from([4]), coordinate(x), coordinate(y)]);
};

/**
 * Returns an RSA public key from the magnitudes of exponent and modulus.
 * Throws SshKeyError for an invalid key, and for sizes that would make verification a denial of service.
 */
export const rsaPublicKey = (exponent: Buffer, modulus: Buffer): KeyObject => {
  const bits = bitLength(modulus);
  if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS)
    throw new SshKeyError('unsupported', `RSA key of ${bits} bits; ${MIN_RSA_BITS} to ${MAX_RSA_BITS} are supported`);
  const isOdd = exponent.length > 0 && (exponent.at(-1)! & 1) === 1;
  if (!isOdd || exponent.length > MAX_RSA_EXPONENT_BYTES || (exponent.length === 1 && exponent[0] === 1)) {
    throw new SshKeyError('malformed', 'RSA public exponent is out of range');
  }
  const jwk = { kty: 'RSA', n: modulus.toString('base64url'), e: exponent.toString('base64url') };
  return importKey(() => createPublicKey({ key: jwk, format: 'jwk' }), 'RSA modulus');
};

/** Returns the number of bits of an unsigned big-endian number without leading zero bytes. */
export const bitLength = (magnitude: Buffer): number =>
  magnitude.length === 0 ? 0 : magnitude.length * 8 - Math.clz32(magnitude[0]!) + 24;

/** Returns `bytes` padded with leading zeros to `length`. */
export const leftPad = (bytes: Buffer, length: number): Buffer => Buffer.concat([Buffer.alloc(Math.max(0, length - bytes.length)), bytes]);
