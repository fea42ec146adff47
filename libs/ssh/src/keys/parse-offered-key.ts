import { SshReader } from '../wire/index.js';
import type { OfferedKey } from './certificate.js';
import { SshKeyError } from './key-error.js';
import { isCertificateType, parseCertificate, type ParseCertificateOptions } from './parse-certificate.js';
import { parsePublicKeyBlob } from './public-key-blob.js';
import { CERTIFICATE_ALGORITHMS, isCertificateAlgorithm, isSignatureAlgorithm, SIGNATURE_ALGORITHMS } from './signature-algorithms.js';
import { withKeyErrors } from './with-key-errors.js';

/**
 * Parses the key or certificate that a peer offers under `algorithm`: the public key algorithm of SSH_MSG_USERAUTH_REQUEST (RFC 4252 §7) or
 * the negotiated host key algorithm.
 * @throws SshKeyError `unsupported` if the algorithm is unknown or the blob is of another type; otherwise as parsePublicKeyBlob and
 * parseCertificate.
 */
export const parseOfferedKey = (algorithm: string, blob: Buffer, options: ParseCertificateOptions = {}): OfferedKey => {
  const expected = blobTypeOf(algorithm);
  const key = parseAnyKeyBlob(blob, options);
  if (key.type !== expected)
    throw new SshKeyError('unsupported', `Key is of type "${key.type}"; algorithm "${algorithm}" needs "${expected}"`);
  return key;
};

const blobTypeOf = (algorithm: string): string => {
  if (isCertificateAlgorithm(algorithm)) return CERTIFICATE_ALGORITHMS[algorithm].type;
  if (isSignatureAlgorithm(algorithm)) return SIGNATURE_ALGORITHMS[algorithm].keyType;
  throw new SshKeyError('unsupported', `Public key algorithm "${algorithm}" is not supported`);
};

/** Parses the blob of a key or certificate by the type name in it. Throws SshKeyError as parsePublicKeyBlob and parseCertificate. */
export const parseAnyKeyBlob = (blob: Buffer, options: ParseCertificateOptions = {}): OfferedKey =>
  withKeyErrors('Public key', () => {
    const type = new SshReader(blob).readAscii(64);
    return isCertificateType(type) ? parseCertificate(blob, options) : parsePublicKeyBlob(blob);
  });
