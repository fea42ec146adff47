/** A revocation list as text: one public key line or SHA256 fingerprint per line; `#` starts a comment. */
import type { OfferedKey } from './certificate.js';
import { fingerprint } from './fingerprint.js';
import { SshKeyError } from './key-error.js';
import { parsePublicKeyLine } from './public-key-line.js';
import type { RevocationList } from './revocation.js';

const fingerprintOf = (line: string, number: number): string => {
  if (/^SHA256:[A-Za-z0-9+/]{43}(\s|$)/.test(line)) return line.split(/\s/)[0]!;
  try {
    return fingerprint(parsePublicKeyLine(line).key);
  } catch (cause) {
    throw new SshKeyError('malformed', `Revocation list, line ${number}: neither a public key nor a SHA256 fingerprint`, { cause });
  }
};

/** Parses the text. Throws SshKeyError with the number of the first line that is invalid. */
export const parseRevokedLines = (text: string): RevocationList => {
  const revoked = new Set<string>();
  text.split('\n').forEach((raw, index) => {
    const line = raw.trim();
    if (line !== '' && !line.startsWith('#')) revoked.add(fingerprintOf(line, index + 1));
  });
  const isListed = (key: OfferedKey): boolean => revoked.has(fingerprint(key));
  return {
    revocationReason: (key) => {
      if (isListed(key)) return 'its key is revoked';
      return key.kind === 'certificate' && isListed(key.signatureKey) ? 'its authority is revoked' : undefined;
    },
  };
};
