export { makeMeshAuthority, makeMeshCertificate, type CertificateAndKey } from './mesh/mesh-certificates.js';
export { makePassword, makeSealingKeys } from './random-secrets.js';
export { makeSigningKey, publicHalf, type SigningKey } from './signing-key.js';
export { makeSshKey, type SshKey } from './ssh-key/ssh-key.js';
export type { SshKeyType } from './ssh-key/ssh-public-blob.js';
