import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';

/** The key types that can be made here. */
export type SshKeyType = 'ed25519' | 'ecdsa' | 'rsa';

/** Encodes the public half as in RFC 4253 6.6 (RSA), RFC 5656 3.1 (ECDSA) and RFC 8709 4 (Ed25519). */
export function publicBlob(type: SshKeyType, privateKey: KeyObject): Buffer {
  const jwk = createPublicKey(privateKey).export({ format: 'jwk' });
  if (type === 'ed25519') return Buffer.concat([text('ssh-ed25519'), bytes(field(jwk, 'x'))]);
  if (type === 'ecdsa') return Buffer.concat([text('ecdsa-sha2-nistp256'), text('nistp256'), bytes(ecPoint(jwk))]);
  return Buffer.concat([text('ssh-rsa'), mpint(field(jwk, 'e')), mpint(field(jwk, 'n'))]);
}

/** Encodes an uncompressed point: 4, x, y. */
export function ecPoint(jwk: JsonWebKey): Buffer {
  return Buffer.concat([Buffer.from([4]), field(jwk, 'x'), field(jwk, 'y')]);
}

/** Returns a number of a JSON web key as bytes, most significant first. */
export function field(jwk: JsonWebKey, name: 'x' | 'y' | 'd' | 'n' | 'e' | 'p' | 'q' | 'qi'): Buffer {
  return Buffer.from(jwk[name] ?? '', 'base64url');
}

/** Encodes a `string` of RFC 4251 5: length, then the bytes. */
export function bytes(value: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(value.length);
  return Buffer.concat([length, value]);
}

/** Encodes an ASCII `string` of RFC 4251 5. */
export function text(value: string): Buffer {
  return bytes(Buffer.from(value));
}

/** Encodes an `mpint` of RFC 4251 5 that is not negative: no leading zeros but the one that keeps the sign bit clear. */
export function mpint(value: Buffer): Buffer {
  const first = value.findIndex((byte) => byte !== 0);
  const digits = first < 0 ? Buffer.alloc(0) : value.subarray(first);
  return bytes((digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), digits]) : digits);
}
