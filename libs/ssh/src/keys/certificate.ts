/** OpenSSH certificates (PROTOCOL.certkeys). */
import type { PublicKey, KeyType, SignatureAlgorithm } from './public-key.js';

/** Certificate types: the first field of a certificate blob. */
export type CertificateType =
  | 'ssh-ed25519-cert-v01@openssh.com'
  | 'ecdsa-sha2-nistp256-cert-v01@openssh.com'
  | 'ecdsa-sha2-nistp384-cert-v01@openssh.com'
  | 'ecdsa-sha2-nistp521-cert-v01@openssh.com'
  | 'ssh-rsa-cert-v01@openssh.com'
  | 'sk-ssh-ed25519-cert-v01@openssh.com'
  | 'sk-ecdsa-sha2-nistp256-cert-v01@openssh.com';

/** Algorithm names under which certificates are offered for authentication and as host keys. */
export type CertificateAlgorithm = CertificateType | 'rsa-sha2-256-cert-v01@openssh.com' | 'rsa-sha2-512-cert-v01@openssh.com';

/**
 * A parsed certificate whose CA signature is correct: parsing refuses any other.
 * Use `checkCertificate` to decide if its CA is trusted and the certificate applies.
 */
export interface Certificate {
  readonly kind: 'certificate';
  readonly type: CertificateType;
  /** The blob it was parsed from, in a buffer of its own. */
  readonly blob: Buffer;
  /** The certified key. */
  readonly publicKey: PublicKey;
  readonly serial: bigint;
  readonly role: 'user' | 'host';
  readonly keyId: string;
  /** The user or host names that it is valid for. An empty list means all names to OpenSSH; `checkCertificate` refuses it. */
  readonly principals: readonly string[];
  /** Seconds since 1970, inclusive. */
  readonly validAfter: bigint;
  /** Seconds since 1970, exclusive; 2^64-1 means forever. */
  readonly validBefore: bigint;
  /** Values by name, unwrapped from their inner string; '' for flags. */
  readonly criticalOptions: ReadonlyMap<string, string>;
  /** Values by name, as criticalOptions. Unknown ones are kept and ignored. */
  readonly extensions: ReadonlyMap<string, string>;
  /** The CA's key. */
  readonly signatureKey: PublicKey;
  /** The algorithm of the CA's signature. */
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
