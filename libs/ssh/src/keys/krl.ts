/** Key revocation lists (OpenSSH's PROTOCOL.krl), with OpenSSH's meaning. */
import { createHash } from 'node:crypto';
import type { Certificate, OfferedKey } from './certificate.js';
import type { PublicKey } from './public-key.js';
import { readKrlSections, type Krl, type RevokedCertificates } from './krl-sections.js';
import type { RevocationList } from './revocation.js';
import { withKeyErrors } from './with-key-errors.js';

/** Parses a binary KRL. Throws SshKeyError if any part is unknown or malformed. */
export const parseKrl = (file: Buffer): RevocationList => {
  const krl = withKeyErrors('KRL', () => readKrlSections(file));
  return {
    revocationReason: (key: OfferedKey) => {
      if (key.kind === 'key') return isKeyListed(krl, key) ? 'its key is revoked' : undefined;
      if (isKeyListed(krl, key.publicKey)) return 'its key is revoked';
      if (isKeyListed(krl, key.signatureKey)) return 'its authority is revoked';
      return krl.certificates.some((list) => isCertificateListed(list, key)) ? 'it is revoked' : undefined;
    },
  };
};

const isKeyListed = (krl: Krl, { blob }: PublicKey): boolean => {
  const hash = (name: string): string => createHash(name).update(blob).digest('hex');
  return krl.keyBlobs.has(blob.toString('hex')) || krl.sha1.has(hash('sha1')) || krl.sha256.has(hash('sha256'));
};

/** Returns true if the list revokes the certificate. Authorities without numbering use serial 0, so OpenSSH never revokes by it. */
const isCertificateListed = (list: RevokedCertificates, { serial, keyId, signatureKey }: Certificate): boolean => {
  if (list.authority.length > 0 && !list.authority.equals(signatureKey.blob)) return false;
  if (list.keyIds.has(keyId)) return true;
  if (serial === 0n) return false;
  return list.serials.has(serial) || list.serialRanges.some(({ first, last }) => first <= serial && serial <= last);
};
