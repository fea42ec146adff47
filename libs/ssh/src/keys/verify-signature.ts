/** Verifies SSH signature blobs (RFC 4253 §6.6, RFC 5656 §3.1.2, RFC 8332 §3, RFC 8709 §6, PROTOCOL.u2f). */
import { createHash, verify } from 'node:crypto';
import { SshProtocolError, SshReader } from '../wire/index.js';
import type { OfferedKey } from './certificate.js';
import { CURVES, leftPad } from './key-object.js';
import type { PublicKey, SignatureAlgorithm } from './public-key.js';
import type { FidoStatement, VerifyPolicy, VerifyResult } from './signature.js';
import { plainSignatureAlgorithm, SIGNATURE_ALGORITHMS } from './signature-algorithms.js';

const MAX_SIGNATURE_BYTES = 4096;
const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;

const refused = (reason: string): VerifyResult => ({ isValid: false, reason });

/**
 * Verifies the signature blob `signature` over `data` (RFC 4253 §6.6). A malformed signature is a refusal, not an exception.
 * @param algorithm the negotiated public key algorithm, for a certificate its certificate algorithm. The blob must state the same plain
 * algorithm, so that a peer cannot use a weaker one than was negotiated.
 */
export const verifySignature = (
  key: OfferedKey,
  algorithm: string,
  data: Buffer,
  signature: Buffer,
  policy: VerifyPolicy = {},
): VerifyResult => {
  try {
    return verifyBlob(key.kind === 'certificate' ? key.publicKey : key, algorithm, data, signature, policy);
  } catch (error) {
    if (error instanceof SshProtocolError) return refused(`signature is malformed: ${error.message}`);
    throw error;
  }
};

const verifyBlob = (key: PublicKey, algorithm: string, data: Buffer, signature: Buffer, policy: VerifyPolicy): VerifyResult => {
  if (signature.length > MAX_SIGNATURE_BYTES) return refused('signature is too long');
  const plain = plainSignatureAlgorithm(algorithm);
  const unfit = plain === undefined ? `algorithm "${algorithm}" is unknown` : unfitReason(key, plain, policy);
  if (plain === undefined || unfit !== undefined) return refused(unfit ?? '');
  const reader = new SshReader(signature);
  const stated = reader.readAscii(64);
  if (stated !== plain) return refused(`signature is of "${stated}"; "${plain}" was negotiated`);
  return SIGNATURE_ALGORITHMS[plain].isFido ? verifyFido(key, plain, data, reader, policy) : verifyPlain(key, plain, data, reader);
};

const DEFAULT_MIN_RSA_BITS = 2048;

const unfitReason = (key: PublicKey, algorithm: SignatureAlgorithm, policy: VerifyPolicy): string | undefined => {
  const spec = SIGNATURE_ALGORITHMS[algorithm];
  if (spec.keyType !== key.type) return `a "${key.type}" key cannot make "${algorithm}" signatures`;
  if (spec.isLegacy && policy.allowsSha1 !== true) return `"${algorithm}" (SHA-1) is not allowed`;
  const minRsaBits = policy.minRsaBits ?? DEFAULT_MIN_RSA_BITS;
  return key.type === 'ssh-rsa' && key.bits < minRsaBits ? `RSA key of ${key.bits} bits; at least ${minRsaBits} are required` : undefined;
};

const verifyPlain = (key: PublicKey, algorithm: SignatureAlgorithm, data: Buffer, reader: SshReader): VerifyResult => {
  const bytes = reader.readString();
  reader.expectEnd();
  return isCorrect(key, algorithm, data, bytes) ? { isValid: true } : refused('signature is wrong');
};

/** Verifies a FIDO signature. The authenticator signs SHA256(application) ‖ flags ‖ counter ‖ SHA256(data). */
const verifyFido = (key: PublicKey, algorithm: SignatureAlgorithm, data: Buffer, reader: SshReader, policy: VerifyPolicy): VerifyResult => {
  const bytes = reader.readString();
  const statement = reader.readBytes(5);
  reader.expectEnd();
  const sha256 = (input: Buffer | string): Buffer => createHash('sha256').update(input).digest();
  const signed = Buffer.concat([sha256(key.application ?? ''), statement, sha256(data)]);
  if (!isCorrect(key, algorithm, signed, bytes)) return refused('signature is wrong');
  return checkFido(readFidoStatement(statement), policy);
};

const readFidoStatement = (statement: Buffer): FidoStatement => ({
  isTouched: (statement[0]! & USER_PRESENT) !== 0,
  isUserVerified: (statement[0]! & USER_VERIFIED) !== 0,
  counter: statement.readUInt32BE(1),
});

const checkFido = (fido: FidoStatement, policy: VerifyPolicy): VerifyResult => {
  if (policy.requiresTouch !== false && !fido.isTouched) return refused('the authenticator was not touched');
  if (policy.requiresUserVerification === true && !fido.isUserVerified) return refused('the authenticator did not verify its user');
  return { isValid: true, fido };
};

const isCorrect = (key: PublicKey, algorithm: SignatureAlgorithm, data: Buffer, bytes: Buffer): boolean => {
  const { keyType, digest } = SIGNATURE_ALGORITHMS[algorithm];
  if (keyType === 'ssh-rsa') return isCorrectRsa(key, digest!, data, bytes);
  if (digest === undefined) return bytes.length === 64 && verify(null, data, key.keyObject, bytes);
  return isCorrectEcdsa(key, digest, data, bytes);
};

/** Returns true for a correct RSA signature. Like OpenSSH, pads a signature whose leading zeros the signer dropped. */
const isCorrectRsa = (key: PublicKey, digest: string, data: Buffer, bytes: Buffer): boolean => {
  const size = Math.ceil(key.bits / 8);
  return bytes.length > 0 && bytes.length <= size && verify(digest, data, key.keyObject, leftPad(bytes, size));
};

/** Returns true for a correct ECDSA signature: mpint r, mpint s (RFC 5656 §3.1.2). */
const isCorrectEcdsa = (key: PublicKey, digest: string, data: Buffer, bytes: Buffer): boolean => {
  const size = CURVES.find((curve) => curve.bits === key.bits)!.bytes;
  const reader = new SshReader(bytes);
  const r = reader.readMpint(size);
  const s = reader.readMpint(size);
  reader.expectEnd();
  const raw = Buffer.concat([leftPad(r, size), leftPad(s, size)]);
  return verify(digest, data, { key: key.keyObject, dsaEncoding: 'ieee-p1363' }, raw);
};
