export { SshKeyError, type KeyProblem } from './key-error.js';
export type { KeyType, PublicKey, SignatureAlgorithm } from './public-key.js';
export type { FidoFacts, Signer, VerifyPolicy, VerifyResult } from './signature.js';
export { CERTIFIED_KEY_TYPE, type Certificate, type CertificateAlgorithm, type CertificateType, type OfferedKey } from './certificate.js';
export type { PrivateKey } from './private-key.js';
