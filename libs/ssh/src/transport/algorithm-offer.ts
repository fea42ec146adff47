/** The algorithms that this side offers in its KEXINIT (RFC 4253 §7.1). */
import type { CipherName, CryptoProvider, KexName, MacName } from '../crypto/index.js';
import { LEGACY_KEX, MODERN_KEX } from '../crypto/index.js';

/** The names in the lists of a KEXINIT (RFC 4253 §7.1), the preferred one first. */
export interface AlgorithmOffer {
  readonly kex: readonly KexName[];
  /** Host key algorithms that a client accepts. A server offers those of its host keys instead. */
  readonly hostKey: readonly string[];
  readonly ciphers: readonly CipherName[];
  readonly macs: readonly MacName[];
}

const HOST_KEY_ALGORITHMS = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const;

const HOST_CERTIFICATE_ALGORITHMS = [
  'ssh-ed25519-cert-v01@openssh.com',
  'ecdsa-sha2-nistp256-cert-v01@openssh.com',
  'ecdsa-sha2-nistp384-cert-v01@openssh.com',
  'ecdsa-sha2-nistp521-cert-v01@openssh.com',
  'rsa-sha2-512-cert-v01@openssh.com',
  'rsa-sha2-256-cert-v01@openssh.com',
] as const;

/** Returns the default offer of both roles: modern algorithms that the active crypto implementation supports. */
export function modernOffer(crypto: CryptoProvider): AlgorithmOffer {
  return { kex: MODERN_KEX, hostKey: HOST_KEY_ALGORITHMS, ciphers: crypto.ciphers, macs: crypto.macs };
}

/**
 * Returns the modern offer followed by algorithms that only old devices need. For the client role, for assets whose platform requires them.
 */
export function legacyOffer(crypto: CryptoProvider): AlgorithmOffer {
  return {
    kex: [...MODERN_KEX, ...LEGACY_KEX],
    hostKey: [...HOST_KEY_ALGORITHMS, 'ssh-rsa'],
    ciphers: [...crypto.ciphers, ...crypto.legacyCiphers],
    macs: [...crypto.macs, ...crypto.legacyMacs],
  };
}

/** Returns the offer with host certificates before plain keys, for assets whose host keys a CA signs. */
export function withHostCertificates(offer: AlgorithmOffer): AlgorithmOffer {
  return { ...offer, hostKey: [...HOST_CERTIFICATE_ALGORITHMS, ...offer.hostKey] };
}
