import { parseKrl } from './krl.js';
import { isKrl } from './krl-sections.js';
import type { RevocationList } from './revocation.js';
import { parseRevokedLines } from './revoked-lines.js';

/**
 * Parses a revocation file, as sshd's RevokedKeys: a binary KRL of `ssh-keygen -k`, or text with one public key or `SHA256:` fingerprint
 * per line.
 * @throws SshKeyError if any part is invalid: a part of a revocation list must not be mistaken for the whole.
 */
export const parseRevocationList = (file: Buffer): RevocationList =>
  isKrl(file) ? parseKrl(file) : parseRevokedLines(file.toString('utf8'));
