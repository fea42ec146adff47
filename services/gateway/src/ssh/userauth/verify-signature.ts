import { createPublicKey, verify, type JsonWebKey, type KeyObject } from 'node:crypto';
import { SshReader } from '../wire/index.js';

/** RSA moduli accepted, in bits: shorter is weak, longer costs CPU before anybody has signed in. */
const RSA_BITS = { min: 2048, max: 8192 };

interface KeyForm {
  keyType: string;
  digest: string | null;
  /** Reads what follows the type in the key blob. */
  publicKey(reader: SshReader): KeyObject;
  /** Signature bytes as node:crypto takes them. */
  signature(bytes: Buffer): Buffer;
  dsaEncoding?: 'ieee-p1363';
}

const asIs = (bytes: Buffer): Buffer => bytes;

const ed25519: KeyForm = {
  keyType: 'ssh-ed25519',
  digest: null,
  publicKey: (reader) => fromJwk({ kty: 'OKP', crv: 'Ed25519', x: base64url(reader.readString()) }),
  signature: asIs,
};

const rsa = (digest: string): KeyForm => ({
  keyType: 'ssh-rsa',
  digest,
  publicKey: (reader) => {
    const e = magnitude(reader.readString());
    const n = magnitude(reader.readString());
    const bits = n.length * 8;
    if (bits < RSA_BITS.min || bits > RSA_BITS.max || e.length > 8) throw new RangeError(`RSA key of ${bits} bits`);
    return fromJwk({ kty: 'RSA', n: base64url(n), e: base64url(e) });
  },
  signature: asIs,
});

const ecdsa = (size: 256 | 384 | 521, digest: string): KeyForm => ({
  keyType: `ecdsa-sha2-nistp${size}`,
  digest,
  dsaEncoding: 'ieee-p1363',
  publicKey: (reader) => {
    reader.readString(); // the curve, said once more
    const point = reader.readString();
    const bytes = Math.ceil(size / 8);
    if (point.length !== 1 + 2 * bytes || point[0] !== 4) throw new RangeError('ECDSA point is not an uncompressed one');
    return fromJwk({ kty: 'EC', crv: `P-${size}`, x: base64url(point.subarray(1, 1 + bytes)), y: base64url(point.subarray(1 + bytes)) });
  },
  signature: (bytes) => {
    const reader = new SshReader(bytes);
    const length = Math.ceil(size / 8);
    return Buffer.concat([padded(reader.readString(), length), padded(reader.readString(), length)]);
  },
});

/** By signature algorithm. `ssh-rsa` (SHA-1) is not among them. */
const FORMS: Readonly<Record<string, KeyForm>> = {
  'ssh-ed25519': ed25519,
  'rsa-sha2-256': rsa('sha256'),
  'rsa-sha2-512': rsa('sha512'),
  'ecdsa-sha2-nistp256': ecdsa(256, 'sha256'),
  'ecdsa-sha2-nistp384': ecdsa(384, 'sha384'),
  'ecdsa-sha2-nistp521': ecdsa(521, 'sha512'),
};

/** Whether `signature` (a signature blob, RFC 4253 §6.6) is one by the key in `blob`; false for everything malformed or unknown. */
export function verifySignature(claim: { blob: Buffer; algorithm: string; signature: Buffer; signedData: Buffer }): boolean {
  const form = FORMS[claim.algorithm];
  if (!form) return false;
  try {
    const signature = new SshReader(claim.signature);
    if (signature.readText() !== claim.algorithm) return false;
    const blob = new SshReader(claim.blob);
    if (blob.readText() !== form.keyType) return false;
    const key = { key: form.publicKey(blob), ...(form.dsaEncoding && { dsaEncoding: form.dsaEncoding }) };
    return verify(form.digest, claim.signedData, key, form.signature(signature.readString()));
  } catch {
    return false; // a malformed key or signature proves nothing
  }
}

const fromJwk = (key: JsonWebKey): KeyObject => createPublicKey({ key, format: 'jwk' });
const base64url = (bytes: Buffer): string => bytes.toString('base64url');

function magnitude(mpint: Buffer): Buffer {
  let first = 0;
  while (first < mpint.length && mpint[first] === 0) first += 1;
  return mpint.subarray(first);
}

function padded(mpint: Buffer, length: number): Buffer {
  const bytes = magnitude(mpint);
  if (bytes.length > length) throw new RangeError('number is too long for its curve');
  return Buffer.concat([Buffer.alloc(length - bytes.length), bytes]);
}
