/** Names of signature algorithms and what each stands for (RFC 4253 §6.6, RFC 5656, RFC 8332, RFC 8709, PROTOCOL.u2f, PROTOCOL.certkeys). */
import type { CertificateAlgorithm, CertificateType } from './certificate.js';
import type { KeyType, SignatureAlgorithm } from './public-key.js';

/** What a signature algorithm needs. */
export interface SignatureAlgorithmSpec {
  /** The key type that can make it. */
  readonly keyType: KeyType;
  /** Digest as node:crypto names it; undefined where the algorithm hashes by itself. */
  readonly digest?: 'sha1' | 'sha256' | 'sha384' | 'sha512';
  readonly isFido: boolean;
  /** SHA-1: accepted only where the verifier's policy says so. */
  readonly isLegacy: boolean;
}

/** Every signature algorithm the engine knows. */
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

/** Certificate algorithm names: the certificate type each carries and the plain algorithm of the signatures made with it. */
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

/** Modern signature algorithms in order of preference: what server-sig-algs (RFC 8308 §3.1) announces and what signers use. */
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

/** True for a plain signature algorithm name. */
export const isSignatureAlgorithm = (name: string): name is SignatureAlgorithm => Object.hasOwn(SIGNATURE_ALGORITHMS, name);

/** True for a certificate algorithm name. */
export const isCertificateAlgorithm = (name: string): name is CertificateAlgorithm => Object.hasOwn(CERTIFICATE_ALGORITHMS, name);

/** The key type that makes signatures of this name, a certificate's under it included; undefined when unknown. An RSA key has several (RFC 8332). */
export const keyTypeOf = (name: string): KeyType | undefined => {
  const plain = plainSignatureAlgorithm(name);
  return plain && SIGNATURE_ALGORITHMS[plain].keyType;
};

/** The plain signature algorithm behind a negotiated public key algorithm; undefined when unknown. */
export const plainSignatureAlgorithm = (name: string): SignatureAlgorithm | undefined => {
  if (isCertificateAlgorithm(name)) return CERTIFICATE_ALGORITHMS[name].plain;
  return isSignatureAlgorithm(name) ? name : undefined;
};
