export { verifyingKeysIn, type VerifyingKey } from './public-keys.js';
export { DsseInvalid, keyIdOf, signDsse, verifyDsse, type DsseContent } from './dsse.js';
export { HashChain, LINK_BYTES } from './hash-chain.js';
export { ByteSigner, ByteVerifier } from './sign-bytes.js';
export { hashPassword, verifyPassword } from './password-hash.js';
export { createSealer, SealBroken, type Sealer, type SealingKeys } from './sealer.js';
export { constantTimeEqual, randomToken, sha256 } from './token.js';
