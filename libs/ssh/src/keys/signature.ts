import type { PublicKey, SignatureAlgorithm } from './public-key.js';

/** Demands of a verifier beyond a correct signature. */
export interface VerifyPolicy {
  /** Accepts `ssh-rsa` (SHA-1) signatures. Default false; only for assets whose platform requires it. */
  readonly allowsSha1?: boolean;
  /** Smallest accepted RSA modulus, in bits. Default 2048. */
  readonly minRsaBits?: number;
  /** `sk-` keys: the user must have touched the authenticator. Default true; `no-touch-required` turns it off. */
  readonly requiresTouch?: boolean;
  /** `sk-` keys: the user must have been verified (PIN, fingerprint). Default false; `verify-required` turns it on. */
  readonly requiresUserVerification?: boolean;
}

/**
 * The result of a verification. A refusal is not an exception, because it is the peer's fault. `reason` is for the audit; do not send it to
 * the peer.
 */
export type VerifyResult = { readonly isValid: true; readonly fido?: FidoStatement } | { readonly isValid: false; readonly reason: string };

/** The statements of a FIDO authenticator in its signature (PROTOCOL.u2f). */
export interface FidoStatement {
  readonly isTouched: boolean;
  readonly isUserVerified: boolean;
  readonly counter: number;
}

/** A signer with one key: a parsed private key, an agent, a remote vault. */
export interface Signer {
  readonly publicKey: PublicKey;
  /** The signature algorithms of the key, the preferred one first. RSA keys list `ssh-rsa` only on request. */
  readonly algorithms: readonly SignatureAlgorithm[];
  /** Returns the signature blob (`string algorithm, string signature`) over `data`. `await` it: agents answer later. */
  sign(algorithm: SignatureAlgorithm, data: Buffer): Buffer | Promise<Buffer>;
  /** Returns what `sign` returns, without blocking the event loop for a signature that takes long. The engine uses it if there is one. */
  signInPool?(algorithm: SignatureAlgorithm, data: Buffer): Promise<Buffer>;
}
