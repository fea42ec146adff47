export { SshKeyError, type KeyProblem } from './key-error.js';
export type { KeyType, PublicKey, SignatureAlgorithm } from './public-key.js';
export type { FidoStatement, Signer, VerifyPolicy, VerifyResult } from './signature.js';
export type { Certificate, CertificateAlgorithm, CertificateType, OfferedKey } from './certificate.js';
export { isInAddressPatterns, isInCidrList } from './address-match.js';
export type { AuthorizedKey, AuthorizedKeyOptions, AuthorizedKeyProblem } from './authorized/authorized-key-options.js';
export { parseAuthorizedKeys, parseAuthorizedKeysLine } from './authorized/parse-authorized-keys.js';
export { checkCertificate, type CertificateGrants, type CertificatePolicy, type CertificateVerdict } from './check-certificate.js';
export { fingerprint, isSameKey } from './fingerprint.js';
export { parseCertificate, type ParseCertificateOptions } from './parse-certificate.js';
export { parseAnyKeyBlob, parseOfferedKey } from './parse-offered-key.js';
export { formatPrivateKey } from './private/format-private-key.js';
export { generatePrivateKey, type KeyKind } from './private/generate-private-key.js';
export { parsePrivateKey } from './private/parse-private-key.js';
export { privateKeyFromKeyObject, type PrivateKey } from './private/private-key.js';
export { parsePublicKeyBlob, publicKeyFromKeyObject } from './public-key-blob.js';
export { formatPublicKeyLine, parsePublicKeyLine, type PublicKeyLine } from './public-key-line.js';
export type { RevocationList } from './revocation.js';
export { parseRevocationList } from './revocation-list.js';
export {
  MODERN_CERTIFICATE_ALGORITHMS,
  MODERN_SIGNATURE_ALGORITHMS,
  keyTypeOf,
  plainSignatureAlgorithm,
} from './signature-algorithms.js';
export { verifySignature, verifySignatureInPool } from './verify-signature.js';
export { signWith } from './sign-data.js';
export { signingPrice, verifyingPrice } from './signature-price.js';
