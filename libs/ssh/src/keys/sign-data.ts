/** Creates SSH signature blobs with a private KeyObject. */
import { sign, type KeyObject } from 'node:crypto';
import { SshWriter } from '../wire/index.js';
import type { PublicKey, SignatureAlgorithm } from './public-key.js';
import { MODERN_SIGNATURE_ALGORITHMS, SIGNATURE_ALGORITHMS } from './signature-algorithms.js';

/** Returns the modern signature algorithms of a key type, the preferred one first. */
export const algorithmsOf = (key: PublicKey): readonly SignatureAlgorithm[] =>
  MODERN_SIGNATURE_ALGORITHMS.filter((name) => SIGNATURE_ALGORITHMS[name].keyType === key.type && !SIGNATURE_ALGORITHMS[name].isFido);

/** Returns the signature blob over `data`. Throws RangeError if the key cannot use the algorithm. */
export const signData = (publicKey: PublicKey, privateKey: KeyObject, algorithm: SignatureAlgorithm, data: Buffer): Buffer => {
  const { keyType, digest, isFido } = SIGNATURE_ALGORITHMS[algorithm];
  if (keyType !== publicKey.type || isFido) throw new RangeError(`a "${publicKey.type}" key cannot make "${algorithm}" signatures`);
  const isEcdsa = keyType.startsWith('ecdsa-');
  const raw = isEcdsa ? sign(digest, data, { key: privateKey, dsaEncoding: 'ieee-p1363' }) : sign(digest ?? null, data, privateKey);
  const bytes = isEcdsa ? ecdsaBytes(raw) : raw;
  return new SshWriter(bytes.length + 64).writeString(algorithm).writeString(bytes).finish();
};

const ecdsaBytes = (raw: Buffer): Buffer => {
  const size = raw.length / 2;
  return new SshWriter(raw.length + 16).writeMpint(raw.subarray(0, size)).writeMpint(raw.subarray(size)).finish();
};
