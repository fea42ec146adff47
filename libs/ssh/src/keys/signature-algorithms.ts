/** The signature algorithms (RFC 4253 §6.6, RFC 5656, RFC 8332, RFC 8709, PROTOCOL.u2f, PROTOCOL.certkeys). */
import type { CertificateAlgorithm, CertificateType } from './certificate.js';
import type { KeyType, SignatureAlgorithm } from './public-key.js';

/** Properties of a signature algorithm. */
export interface SignatureAlgorithmSpec {
  /** The key type that signs with it. */
  readonly keyType: KeyType;
  /** Digest by its name in node:crypto; undefined if the algorithm includes one. */
  readonly digest?: 'sha1' | 'sha256' | 'sha384' | 'sha512';
  readonly isFido: boolean;
  /** SHA-1: accepted only if the verifier's policy allows it. */
  readonly isLegacy: boolean;
}

/** Every signature algorithm that the engine supports. */
export const SIGNATURE_ALGORITHMS: Readonly<Record<SignatureAlgorithm, SignatureAlgorithmSpec>> = {
  'ssh-ed25519': { keyType: 'ssh-ed25519', isFido: false, isLegacy: false },
  'ecdsa-sha2-nistp256': { keyType: 'ecdsa-sha2-nistp256', digest: 'sha256', isFido: false, isLegacy: false },
  'ecdsa-sha2-nistp384': { keyType: 'ecdsa-sha2-nistp384', digest: 'sha384', isFido: false, isLegacy: false },
  'ecdsa-sha2-nistp521': { keyType: 'ecdsa-sha2-nistp521', digest: 'sha512', isFido: false, isLegacy: false },
  'sk-ssh-ed25519@openssh.com': { keyType: 'sk-ssh-ed25519@openssh.com', isFido: true, isLegacy: false },
  'sk-ecdsa-sha2-nistp256@openssh.com': { keyType: 'sk-ecdsa-sha2-nistp256@openssh.com', digest: 'sha256', isFido: true, isLegacy: false },
  'rsa-sha2-512': { keyType: 'ssh-rsa', digest: 'sha512', isFido: false, isLegacy: false },
  'rsa-sha2-256': { keyType: 'ssh-rsa', digest: 'sha256', isFido: false, isLegacy: false },
  'ssh-rsa': { keyType: 'ssh-rsa', digest: 'sha1', isFido: false, isLegacy: true },
};

/** Certificate algorithms: the certificate type of each, and the plain algorithm of its signatures. */
export const CERTIFICATE_ALGORITHMS: Readonly<
  Record<CertificateAlgorithm, { readonly type: CertificateType; readonly plain: SignatureAlgorithm }>
> = {
  'ssh-ed25519-cert-v01@openssh.com': { type: 'ssh-ed25519-cert-v01@openssh.com', plain: 'ssh-ed25519' },
  'ecdsa-sha2-nistp256-cert-v01@openssh.com': { type: 'ecdsa-sha2-nistp256-cert-v01@openssh.com', plain: 'ecdsa-sha2-nistp256' },
  'ecdsa-sha2-nistp384-cert-v01@openssh.com': { type: 'ecdsa-sha2-nistp384-cert-v01@openssh.com', plain: 'ecdsa-sha2-nistp384' },
  'ecdsa-sha2-nistp521-cert-v01@openssh.com': { type: 'ecdsa-sha2-nistp521-cert-v01@openssh.com', plain: 'ecdsa-sha2-nistp521' },
  'sk-ssh-ed25519-cert-v01@openssh.com': { type: 'sk-ssh-ed25519-cert-v01@openssh.com', plain: 'sk-ssh-ed25519@openssh.com' },
  'sk-ecdsa-sha2-nistp256-cert-v01@openssh.com': {
    type: 'sk-ecdsa-sha2-nistp256-cert-v01@openssh.com',
    plain: 'sk-ecdsa-sha2-nistp256@openssh.com',
  },
  'rsa-sha2-512-cert-v01@openssh.com': { type: 'ssh-rsa-cert-v01@openssh.com', plain: 'rsa-sha2-512' },
  'rsa-sha2-256-cert-v01@openssh.com': { type: 'ssh-rsa-cert-v01@openssh.com', plain: 'rsa-sha2-256' },
  'ssh-rsa-cert-v01@openssh.com': { type: 'ssh-rsa-cert-v01@openssh.com', plain: 'ssh-rsa' },
};

/** Modern signature algorithms in order of preference: those that server-sig-algs (RFC 8308 §3.1) announces and that signers use. */
export const MODERN_SIGNATURE_ALGORITHMS: readonly SignatureAlgorithm[] = [
  'ssh-ed25519',
  'sk-ssh-ed25519@openssh.com',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ecdsa-sha2-nistp256@openssh.com',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/** Modern certificate algorithms, in order of preference. */
export const MODERN_CERTIFICATE_ALGORITHMS: readonly CertificateAlgorithm[] = [
  'ssh-ed25519-cert-v01@openssh.com',
  'sk-ssh-ed25519-cert-v01@openssh.com',
  'ecdsa-sha2-nistp256-cert-v01@openssh.com',
  'ecdsa-sha2-nistp384-cert-v01@openssh.com',
  'ecdsa-sha2-nistp521-cert-v01@openssh.com',
  'sk-ecdsa-sha2-nistp256-cert-v01@openssh.com',
  'rsa-sha2-512-cert-v01@openssh.com',
  'rsa-sha2-256-cert-v01@openssh.com',
];

/** Returns true for the name of a plain signature algorithm. */
export const isSignatureAlgorithm = (name: string): name is SignatureAlgorithm => Object.hasOwn(SIGNATURE_ALGORITHMS, name);

/** Returns true for the name of a certificate algorithm. */
export const isCertificateAlgorithm = (name: string): name is CertificateAlgorithm => Object.hasOwn(CERTIFICATE_ALGORITHMS, name);

/**
 * Returns the key type that signs with an algorithm, certificate algorithms included; undefined if unknown. RSA keys have several (RFC
 * 8332).
 */
export const keyTypeOf = (name: string): KeyType | undefined => {
  const plain = plainSignatureAlgorithm(name);
  return plain && SIGNATURE_ALGORITHMS[plain].keyType;
};

/** Returns the plain signature algorithm of a negotiated public key algorithm; undefined if unknown. */
export const plainSignatureAlgorithm = (name: string): SignatureAlgorithm | undefined => {
  if (isCertificateAlgorithm(name)) return CERTIFICATE_ALGORITHMS[name].plain;
  return isSignatureAlgorithm(name) ? name : undefined;
};
