import type { OfferedKey } from './certificate.js';
import { parseKrl } from './krl.js';
import { isKrl } from './krl-sections.js';
import { parseRevokedLines } from './revoked-lines.js';

/** Keys and certificates that must not be used any more. */
export interface RevocationList {
  /** Why the key or certificate is revoked, for the audit; undefined when it is not. A certificate is also revoked with its key or its authority. */
  whyRevoked(key: OfferedKey): string | undefined;
}

/**
 * Reads a revocation file: a binary KRL as `ssh-keygen -k` makes it, or text of one public key or `SHA256:` fingerprint per line, as sshd's
 * RevokedKeys.
 * @throws SshKeyError when any part is not understood: half a revocation list must not pass for a whole one.
 */
export const parseRevocationList = (file: Buffer): RevocationList => (isKrl(file) ? parseKrl(file) : parseRevokedLines(file.toString('utf8')));
