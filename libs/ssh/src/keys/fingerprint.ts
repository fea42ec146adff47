import { createHash } from 'node:crypto';
import type { OfferedKey } from './certificate.js';

/** Returns the plain key of a key or certificate. Fingerprints and comparisons use it, as in OpenSSH. */
const plainKey = (key: OfferedKey) => (key.kind === 'certificate' ? key.publicKey : key);

/**
 * Returns the fingerprint in the format of ssh-keygen -l: `SHA256:` and base64 without padding, or `MD5:` and colon-separated hex.
 * The fingerprint of a certificate is that of its key.
 */
export const fingerprint = (key: OfferedKey, hash: 'sha256' | 'md5' = 'sha256'): string => {
  const digest = createHash(hash).update(plainKey(key).blob).digest();
  if (hash === 'md5') return `MD5:${digest.toString('hex').match(/../g)!.join(':')}`;
  return `SHA256:${digest.toString('base64').replace(/=+$/, '')}`;
};

/** Returns true if both are the same key. A certificate equals the key that it certifies. */
export const isSameKey = (a: OfferedKey, b: OfferedKey): boolean => plainKey(a).blob.equals(plainKey(b).blob);
