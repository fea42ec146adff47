/** Verifies SSH signature blobs (RFC 4253 §6.6, RFC 5656 §3.1.2, RFC 8332 §3, RFC 8709 §6, PROTOCOL.u2f). */
import { createHash, verify, type VerifyKeyObjectInput } from 'node:crypto';
import { promisify } from 'node:util';
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

/** A signature that is well-formed and may be used: what node:crypto has to verify, and the result if that succeeds. */
interface Check {
  readonly digest: string | null;
  readonly data: Buffer;
  readonly key: VerifyKeyObjectInput;
  readonly bytes: Buffer;
  readonly correct: VerifyResult;
}

const WRONG = refused('signature is wrong');

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
  const check = prepare(key, algorithm, data, signature, policy);
  if ('isValid' in check) return check;
  return verify(check.digest, check.data, check.key, check.bytes) ? check.correct : WRONG;
};

const verifyLater = promisify<string | null, Buffer, VerifyKeyObjectInput, Buffer, boolean>(verify);

/** Verifies a signature as `verifySignature` does, on the thread pool. */
export const verifySignatureInPool = async (
  key: OfferedKey,
  algorithm: string,
  data: Buffer,
  signature: Buffer,
  policy: VerifyPolicy = {},
): Promise<VerifyResult> => {
  const check = prepare(key, algorithm, data, signature, policy);
  if ('isValid' in check) return check;
  return (await verifyLater(check.digest, check.data, check.key, check.bytes)) ? check.correct : WRONG;
};

const prepare = (key: OfferedKey, algorithm: string, data: Buffer, signature: Buffer, policy: VerifyPolicy): Check | VerifyResult => {
  try {
    return readBlob(key.kind === 'certificate' ? key.publicKey : key, algorithm, data, signature, policy);
  } catch (error) {
    if (error instanceof SshProtocolError) return refused(`signature is malformed: ${error.message}`);
    throw error;
  }
};

const readBlob = (key: PublicKey, algorithm: string, data: Buffer, signature: Buffer, policy: VerifyPolicy): Check | VerifyResult => {
  if (signature.length > MAX_SIGNATURE_BYTES) return refused('signature is too long');
  const plain = plainSignatureAlgorithm(algorithm);
  const unfit = plain === undefined ? `algorithm "${algorithm}" is unknown` : unfitReason(key, plain, policy);
  if (plain === undefined || unfit !== undefined) return refused(unfit ?? '');
  const reader = new SshReader(signature);
  const stated = reader.readAscii(64);
  if (stated !== plain) return refused(`signature is of "${stated}"; "${plain}" was negotiated`);
  return SIGNATURE_ALGORITHMS[plain].isFido ? readFido(key, plain, data, reader, policy) : readPlain(key, plain, data, reader);
};

const DEFAULT_MIN_RSA_BITS = 2048;

const unfitReason = (key: PublicKey, algorithm: SignatureAlgorithm, policy: VerifyPolicy): string | undefined => {
  const spec = SIGNATURE_ALGORITHMS[algorithm];
  if (spec.keyType !== key.type) return `a "${key.type}" key cannot make "${algorithm}" signatures`;
  if (spec.isLegacy && policy.allowsSha1 !== true) return `"${algorithm}" (SHA-1) is not allowed`;
  const minRsaBits = policy.minRsaBits ?? DEFAULT_MIN_RSA_BITS;
  return key.type === 'ssh-rsa' && key.bits < minRsaBits ? `RSA key of ${key.bits} bits; at least ${minRsaBits} are required` : undefined;
};

const readPlain = (key: PublicKey, algorithm: SignatureAlgorithm, data: Buffer, reader: SshReader): Check | VerifyResult => {
  const bytes = reader.readString();
  reader.expectEnd();
  return checkOf(key, algorithm, data, bytes, { isValid: true });
};

/** Reads a FIDO signature. The authenticator signs SHA256(application) ‖ flags ‖ counter ‖ SHA256(data). */
const readFido = (
  key: PublicKey,
  algorithm: SignatureAlgorithm,
  data: Buffer,
  reader: SshReader,
  policy: VerifyPolicy,
): Check | VerifyResult => {
  const bytes = reader.readString();
  const statement = reader.readBytes(5);
  reader.expectEnd();
  const sha256 = (input: Buffer | string): Buffer => createHash('sha256').update(input).digest();
  const signed = Buffer.concat([sha256(key.application ?? ''), statement, sha256(data)]);
  return checkOf(key, algorithm, signed, bytes, checkFido(readFidoStatement(statement), policy));
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

/** Returns what has to be verified, or a refusal if the length of the signature does not fit the key. */
const checkOf = (
  key: PublicKey,
  algorithm: SignatureAlgorithm,
  data: Buffer,
  bytes: Buffer,
  correct: VerifyResult,
): Check | VerifyResult => {
  const { keyType, digest = null } = SIGNATURE_ALGORITHMS[algorithm];
  const raw = digest === null ? ed25519Bytes(bytes) : keyType === 'ssh-rsa' ? rsaBytes(key, bytes) : ecdsaBytes(key, bytes);
  if (raw === undefined) return WRONG;
  return { digest, data, key: { key: key.keyObject, dsaEncoding: 'ieee-p1363' }, bytes: raw, correct };
};

const ed25519Bytes = (bytes: Buffer): Buffer | undefined => (bytes.length === 64 ? bytes : undefined);

/** Pads, like OpenSSH, a signature whose leading zeros the signer dropped. */
const rsaBytes = (key: PublicKey, bytes: Buffer): Buffer | undefined => {
  const size = Math.ceil(key.bits / 8);
  return bytes.length > 0 && bytes.length <= size ? leftPad(bytes, size) : undefined;
};

/** Reads an ECDSA signature: mpint r, mpint s (RFC 5656 §3.1.2). */
const ecdsaBytes = (key: PublicKey, bytes: Buffer): Buffer => {
  const size = CURVES.find((curve) => curve.bits === key.bits)!.bytes;
  const reader = new SshReader(bytes);
  const r = reader.readMpint(size);
  const s = reader.readMpint(size);
  reader.expectEnd();
  return Buffer.concat([leftPad(r, size), leftPad(s, size)]);
};
