import { createHash } from 'node:crypto';
import type { OfferedKey } from './certificate.js';

/** The plain key under a key or certificate: fingerprints and lookups go by it, as in OpenSSH. */
const plainKey = (key: OfferedKey) => (key.kind === 'certificate' ? key.publicKey : key);

/** The fingerprint as ssh-keygen -l shows it: `SHA256:` and base64 without padding, or `MD5:` and colon-separated hex. A certificate has its key's. */
export const fingerprint = (key: OfferedKey, hash: 'sha256' | 'md5' = 'sha256'): string => {
  const digest = createHash(hash).update(plainKey(key).blob).digest();
  if (hash === 'md5') return `MD5:${digest.toString('hex').match(/../g)!.join(':')}`;
  return `SHA256:${digest.toString('base64').replace(/=+$/, '')}`;
};

/** True when both are the same key; a certificate equals the key it certifies. */
export const isSameKey = (a: OfferedKey, b: OfferedKey): boolean => plainKey(a).blob.equals(plainKey(b).blob);
