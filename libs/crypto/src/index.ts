export { verifyingKeysIn, type VerifyingKey } from './public-keys.js';
export {
  anchorHash,
  anchorName,
  anchorNumber,
  ANCHORS_PREFIX,
  MAX_ANCHOR_BYTES,
  numberInName,
  readAnchor,
  signAnchor,
  type AuditAnchor,
  type SignedAnchor,
} from './audit-anchor.js';
export {
  AuditChainCheck,
  CHAIN_START_HASH,
  type AnchorFile,
  type ChainPlace,
  type ChainProblem,
  type ChainRow,
  type KnownAnchor,
  type RowSource,
} from './audit-chain-check.js';
export { DsseInvalid, DsseKeyUnknown, keyIdOf, DsseSigner, signDsse, verifyDsse, type DsseContent } from './dsse.js';
export { readFormerKeys, readSigningKey } from './read-keys.js';
export { HashChain, LINK_BYTES } from './hash-chain.js';
export { ByteSigner, ByteVerifier } from './sign-bytes.js';
export { isSessionListEnd, readSessionListEnd, signSessionListEnd, type SessionListEnd } from './session-list.js';
export { hashPassword, verifyPassword } from './password-hash.js';
export { createSealer, SealBroken, type Sealer, type SealingKeys } from './sealer.js';
export { constantTimeEqual, randomToken, sha256 } from './token.js';
export { readAuditorsKey, readAuditorsPrivateKey, type AuditorsKey } from './auditors-key.js';
export { HpkeReceiver, HpkeSender } from './hpke.js';
