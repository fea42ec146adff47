/** OpenSSH certificates (PROTOCOL.certkeys). */
import type { PublicKey, KeyType, SignatureAlgorithm } from './public-key.js';

/** Certificate types, as they stand first in a certificate blob. */
export type CertificateType =
  | 'ssh-ed25519-cert-v01@openssh.com'
  | 'ecdsa-sha2-nistp256-cert-v01@openssh.com'
  | 'ecdsa-sha2-nistp384-cert-v01@openssh.com'
  | 'ecdsa-sha2-nistp521-cert-v01@openssh.com'
  | 'ssh-rsa-cert-v01@openssh.com'
  | 'sk-ssh-ed25519-cert-v01@openssh.com'
  | 'sk-ecdsa-sha2-nistp256-cert-v01@openssh.com';

/** Names under which certificates are offered in authentication and as host keys. */
export type CertificateAlgorithm = CertificateType | 'rsa-sha2-256-cert-v01@openssh.com' | 'rsa-sha2-512-cert-v01@openssh.com';

/** A parsed certificate. Its CA signature is correct: parsing refuses a certificate whose signature is not. Whether the CA is trusted and the certificate applies is for `checkCertificate`. */
export interface Certificate {
  readonly kind: 'certificate';
  readonly type: CertificateType;
  /** The blob it was parsed from, in its own buffer. */
  readonly blob: Buffer;
  /** The certified key. */
  readonly publicKey: PublicKey;
  readonly serial: bigint;
  readonly role: 'user' | 'host';
  readonly keyId: string;
  /** User or host names it is for. Empty means every one to OpenSSH; `checkCertificate` refuses it. */
  readonly principals: readonly string[];
  /** Seconds since 1970, inclusive. */
  readonly validAfter: bigint;
  /** Seconds since 1970, exclusive; 2^64-1 is for ever. */
  readonly validBefore: bigint;
  /** By name, values already unwrapped from their inner string; '' for flags. */
  readonly criticalOptions: ReadonlyMap<string, string>;
  /** By name, as criticalOptions; unknown ones are kept and mean nothing. */
  readonly extensions: ReadonlyMap<string, string>;
  /** The CA's key. */
  readonly signatureKey: PublicKey;
  /** Algorithm with which the CA signed. */
  readonly signatureAlgorithm: SignatureAlgorithm;
}

/** A key or certificate as a peer offers it. */
export type OfferedKey = PublicKey | Certificate;

/** The plain key type certified by each certificate type. */
export const CERTIFIED_KEY_TYPE: Readonly<Record<CertificateType, KeyType>> = {
  'ssh-ed25519-cert-v01@openssh.com': 'ssh-ed25519',
  'ecdsa-sha2-nistp256-cert-v01@openssh.com': 'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384-cert-v01@openssh.com': 'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521-cert-v01@openssh.com': 'ecdsa-sha2-nistp521',
  'ssh-rsa-cert-v01@openssh.com': 'ssh-rsa',
  'sk-ssh-ed25519-cert-v01@openssh.com': 'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256-cert-v01@openssh.com': 'sk-ecdsa-sha2-nistp256@openssh.com',
};
