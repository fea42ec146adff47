/** Parses certificate blobs (OpenSSH's PROTOCOL.certkeys). */
import { SshReader } from '../wire/index.js';
import { CERTIFIED_KEY_TYPE, type Certificate, type CertificateType } from './certificate.js';
import { SshKeyError } from './key-error.js';
import { isKeyType, parsePublicKeyBlob, readKeyBody } from './public-key-blob.js';
import type { PublicKey } from './public-key.js';
import { isSignatureAlgorithm } from './signature-algorithms.js';
import { verifySignature } from './verify-signature.js';
import { withKeyErrors } from './with-key-errors.js';

const MAX_CERTIFICATE_BYTES = 64 * 1024;
const MAX_PRINCIPALS = 256;
const MAX_OPTIONS = 128;
const ROLES: Readonly<Record<number, 'user' | 'host'>> = { 1: 'user', 2: 'host' };

/** Options of `parseCertificate`. */
export interface ParseCertificateOptions {
  /**
   * Accepts CA signatures with RSA and SHA-1, and RSA keys from 1024 bits. Default false; only for host certificates of assets whose
   * platform
   * requires it.
   */
  readonly allowsLegacy?: boolean;
}

/** Returns true for the type name of a certificate. */
export const isCertificateType = (name: string): name is CertificateType => Object.hasOwn(CERTIFIED_KEY_TYPE, name);

/**
 * Parses a certificate blob and verifies its CA signature.
 * @throws SshKeyError `bad-signature` if the CA signature is incorrect, `unsupported` for other types and for a certificate as CA key,
 * `malformed` otherwise.
 */
export const parseCertificate = (blob: Buffer, options: ParseCertificateOptions = {}): Certificate =>
  withKeyErrors('Certificate', () => {
    if (blob.length > MAX_CERTIFICATE_BYTES) throw new SshKeyError('malformed', `Certificate of ${blob.length} bytes is too long`);
    const own = Buffer.from(blob);
    const reader = new SshReader(own);
    const type = reader.readAscii(64);
    if (!isCertificateType(type)) throw new SshKeyError('unsupported', `Certificate type "${type}" is not supported`);
    return readCertificate(type, own, reader, options);
  });

const readCertificate = (type: CertificateType, blob: Buffer, reader: SshReader, options: ParseCertificateOptions): Certificate => {
  reader.readString(1024); // nonce
  const publicKey = readKeyBody(CERTIFIED_KEY_TYPE[type], reader, blob);
  const fields = readFields(reader);
  const signatureKey = readAuthority(reader.readString());
  const signed = blob.subarray(0, reader.offset);
  const signature = reader.readString();
  reader.expectEnd();
  const signatureAlgorithm = verifyAuthority(signatureKey, signed, signature, options);
  return { kind: 'certificate', type, blob, publicKey, ...fields, signatureKey, signatureAlgorithm };
};

const readFields = (reader: SshReader) => {
  const serial = reader.readUint64();
  const role = ROLES[reader.readUint32()];
  if (role === undefined) throw new SshKeyError('malformed', 'Certificate is neither for a user nor for a host');
  const keyId = reader.readUtf8(4096);
  const principals = readPrincipals(reader.readString());
  const validAfter = reader.readUint64();
  const validBefore = reader.readUint64();
  const criticalOptions = readOptions(reader.readString(), 'critical option');
  const extensions = readOptions(reader.readString(), 'extension');
  reader.readString(); // reserved
  return { serial, role, keyId, principals, validAfter, validBefore, criticalOptions, extensions };
};

const readPrincipals = (list: Buffer): string[] => {
  const reader = new SshReader(list);
  const principals: string[] = [];
  while (reader.remaining > 0) principals.push(reader.readUtf8(1024));
  if (principals.length > MAX_PRINCIPALS) throw new SshKeyError('malformed', `Certificate names more than ${MAX_PRINCIPALS} principals`);
  return principals;
};

/** Reads options: pairs of name and value in ascending order of names, none twice. A value that is not empty wraps another string. */
const readOptions = (list: Buffer, what: string): Map<string, string> => {
  const reader = new SshReader(list);
  const options = new Map<string, string>();
  let previous = '';
  while (reader.remaining > 0) {
    const name = reader.readUtf8(256);
    if (options.has(name) || name < previous)
      throw new SshKeyError('malformed', `Certificate ${what} "${name}" is repeated or out of order`);
    options.set(name, unwrapValue(reader.readString(), what, name));
    previous = name;
    if (options.size > MAX_OPTIONS) throw new SshKeyError('malformed', `Certificate has more than ${MAX_OPTIONS} ${what}s`);
  }
  return options;
};

const unwrapValue = (value: Buffer, what: string, name: string): string => {
  if (value.length === 0) return '';
  const reader = new SshReader(value);
  const text = reader.readUtf8();
  if (reader.remaining > 0) throw new SshKeyError('malformed', `Certificate ${what} "${name}" has bytes after its value`);
  return text;
};

const readAuthority = (blob: Buffer): PublicKey => {
  const type = new SshReader(blob).readAscii(64);
  if (isCertificateType(type))
    throw new SshKeyError('unsupported', 'Certificate is signed by another certificate; only a plain key may sign');
  if (!isKeyType(type)) throw new SshKeyError('unsupported', `Certificate authority's key type "${type}" is not supported`);
  return parsePublicKeyBlob(blob);
};

const verifyAuthority = (authority: PublicKey, signed: Buffer, signature: Buffer, { allowsLegacy = false }: ParseCertificateOptions) => {
  const algorithm = new SshReader(signature).readAscii(64);
  if (!isSignatureAlgorithm(algorithm))
    throw new SshKeyError('unsupported', `Certificate is signed with "${algorithm}", which is not supported`);
  const policy = { allowsSha1: allowsLegacy, ...(allowsLegacy ? { minRsaBits: 1024 } : {}) };
  const result = verifySignature(authority, algorithm, signed, signature, policy);
  if (!result.isValid) throw new SshKeyError('bad-signature', `Certificate's signature is not accepted: ${result.reason}`);
  return algorithm;
};
