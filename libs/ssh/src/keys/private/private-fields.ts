/** Private KeyObjects from the numbers in OpenSSH and PuTTY files. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { SshReader } from '../../wire/index.js';
import { SshKeyError } from '../key-error.js';
import { CURVES, leftPad } from '../key-object.js';
import type { PublicKey } from '../public-key.js';

const ED25519_PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

const importKey = (build: () => KeyObject): KeyObject => {
  try {
    return build();
  } catch (cause) {
    throw new SshKeyError('malformed', 'The numbers of the private key are not a valid key', { cause });
  }
};

/** Returns an Ed25519 private key from its 32-byte seed. Throws SshKeyError if it is invalid. */
export const ed25519PrivateKey = (seed: Buffer): KeyObject => {
  if (seed.length !== 32) throw new SshKeyError('malformed', `Ed25519 private key has ${seed.length} bytes instead of 32`);
  return importKey(() => createPrivateKey({ key: Buffer.concat([ED25519_PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' }));
};

/** Returns an ECDSA private key from its scalar, for a parsed public key. Throws SshKeyError if it is invalid. */
export const ecdsaPrivateKey = (publicKey: PublicKey, scalar: Buffer): KeyObject => {
  const curve = CURVES.find(({ bits }) => bits === publicKey.bits)!;
  if (scalar.length > curve.bytes) throw new SshKeyError('malformed', 'ECDSA private key is too long for its curve');
  const d = leftPad(scalar, curve.bytes).toString('base64url');
  return importKey(() => createPrivateKey({ key: { ...publicKey.keyObject.export({ format: 'jwk' }), d }, format: 'jwk' }));
};

/** The private numbers of an RSA key, as unsigned magnitudes. */
export interface RsaPrivateNumbers {
  readonly d: Buffer;
  readonly p: Buffer;
  readonly q: Buffer;
  /** q⁻¹ mod p. */
  readonly inverse: Buffer;
}

/** Reads d, the primes and the inverse as mpints. Order in OpenSSH: d, iqmp, p, q. In PuTTY: d, p, q, iqmp. */
export const readRsaNumbers = (reader: SshReader, isPutty: boolean): RsaPrivateNumbers => {
  const d = reader.readMpint();
  const early = isPutty ? undefined : reader.readMpint();
  const p = reader.readMpint();
  const q = reader.readMpint();
  return { d, p, q, inverse: early ?? reader.readMpint() };
};

const toBigInt = (bytes: Buffer): bigint => BigInt(`0x0${bytes.toString('hex')}`);

const toBase64Url = (value: bigint): string => {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url');
};

/**
 * Returns an RSA private key. Throws SshKeyError if the primes are not those of the modulus: signing with such a key could reveal the true
 * ones.
 */
export const rsaPrivateKey = (publicKey: PublicKey, { d, p, q, inverse }: RsaPrivateNumbers): KeyObject => {
  const [bigD, bigP, bigQ] = [toBigInt(d), toBigInt(p), toBigInt(q)];
  const jwk = publicKey.keyObject.export({ format: 'jwk' });
  const modulus = toBigInt(Buffer.from(String(jwk.n), 'base64url'));
  if (bigP <= 1n || bigQ <= 1n || bigP * bigQ !== modulus) throw new SshKeyError('malformed', 'RSA primes do not fit the modulus');
  const text = (bytes: Buffer): string => bytes.toString('base64url');
  const exponents = { dp: toBase64Url(bigD % (bigP - 1n)), dq: toBase64Url(bigD % (bigQ - 1n)) };
  return importKey(() =>
    createPrivateKey({ key: { ...jwk, d: text(d), p: text(p), q: text(q), qi: text(inverse), ...exponents }, format: 'jwk' }),
  );
};
