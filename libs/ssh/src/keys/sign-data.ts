/** Creates SSH signature blobs with a private KeyObject. */
import { sign, type KeyObject, type SignKeyObjectInput } from 'node:crypto';
import { promisify } from 'node:util';
import { SshWriter } from '../wire/index.js';
import type { PublicKey, SignatureAlgorithm } from './public-key.js';
import type { Signer } from './signature.js';
import { MODERN_SIGNATURE_ALGORITHMS, SIGNATURE_ALGORITHMS } from './signature-algorithms.js';

/** Returns the modern signature algorithms of a key type, the preferred one first. */
export const algorithmsOf = (key: PublicKey): readonly SignatureAlgorithm[] =>
  MODERN_SIGNATURE_ALGORITHMS.filter((name) => SIGNATURE_ALGORITHMS[name].keyType === key.type && !SIGNATURE_ALGORITHMS[name].isFido);

/** Returns the signature blob over `data`. Throws RangeError if the key cannot use the algorithm. */
export const signData = (publicKey: PublicKey, privateKey: KeyObject, algorithm: SignatureAlgorithm, data: Buffer): Buffer => {
  const { digest, input } = signingInput(publicKey, privateKey, algorithm);
  return signatureBlob(algorithm, sign(digest, data, input));
};

/**
 * Returns the signature blob over `data`, computed on the thread pool if it takes longer than handing it over: RSA (0.8 to 15 ms) and the
 * larger curves. Rejects with RangeError if the key cannot use the algorithm.
 */
export const signDataInPool = async (
  publicKey: PublicKey,
  privateKey: KeyObject,
  algorithm: SignatureAlgorithm,
  data: Buffer,
): Promise<Buffer> => {
  const { digest, input } = signingInput(publicKey, privateKey, algorithm);
  if (isQuick(publicKey)) return signatureBlob(algorithm, sign(digest, data, input));
  return signatureBlob(algorithm, await signLater(digest, data, input));
};

/** Returns the signature blob of any signer, without blocking the event loop where the signer can do so. */
export const signWith = async (signer: Signer, algorithm: SignatureAlgorithm, data: Buffer): Promise<Buffer> =>
  signer.signInPool?.(algorithm, data) ?? signer.sign(algorithm, data);

const signLater = promisify<string | null, Buffer, SignKeyObjectInput, Buffer>(sign);

const isQuick = ({ type }: PublicKey): boolean => type === 'ssh-ed25519' || type === 'ecdsa-sha2-nistp256';

const signingInput = (publicKey: PublicKey, privateKey: KeyObject, algorithm: SignatureAlgorithm) => {
  const { keyType, digest, isFido } = SIGNATURE_ALGORITHMS[algorithm];
  if (keyType !== publicKey.type || isFido) throw new RangeError(`a "${publicKey.type}" key cannot make "${algorithm}" signatures`);
  return { digest: digest ?? null, input: { key: privateKey, dsaEncoding: 'ieee-p1363' as const } satisfies SignKeyObjectInput };
};

/** Returns the signature blob of what node:crypto computed: for ECDSA the two numbers, padded to the size of the curve. */
const signatureBlob = (algorithm: SignatureAlgorithm, raw: Buffer): Buffer => {
  const bytes = algorithm.startsWith('ecdsa-') ? ecdsaBytes(raw) : raw;
  return new SshWriter(bytes.length + 64).writeString(algorithm).writeString(bytes).finish();
};

const ecdsaBytes = (raw: Buffer): Buffer => {
  const size = raw.length / 2;
  return new SshWriter(raw.length + 16).writeMpint(raw.subarray(0, size)).writeMpint(raw.subarray(size)).finish();
};
