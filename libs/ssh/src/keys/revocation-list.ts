import { parseKrl } from './krl.js';
import { isKrl } from './krl-sections.js';
import type { RevocationList } from './revocation.js';
import { parseRevokedLines } from './revoked-lines.js';

/**
 * Reads a revocation file: a binary KRL as `ssh-keygen -k` makes it, or text of one public key or `SHA256:` fingerprint per line, as sshd's
 * RevokedKeys.
 * @throws SshKeyError when any part is not understood: half a revocation list must not pass for a whole one.
 */
export const parseRevocationList = (file: Buffer): RevocationList =>
  isKrl(file) ? parseKrl(file) : parseRevokedLines(file.toString('utf8'));
