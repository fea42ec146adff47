import type { PublicKey, SignatureAlgorithm } from './public-key.js';

/** What a verifier demands beyond a correct signature. */
export interface VerifyPolicy {
  /** Accept `ssh-rsa` (SHA-1) signatures. Default false; only for assets whose platform says so. */
  readonly allowsSha1?: boolean;
  /** Smallest RSA modulus accepted, in bits. Default 2048. */
  readonly minRsaBits?: number;
  /** `sk-` keys: the user must have touched the authenticator. Default true; `no-touch-required` turns it off. */
  readonly requiresTouch?: boolean;
  /** `sk-` keys: the user must have been verified (PIN, fingerprint). Default false; `verify-required` turns it on. */
  readonly requiresUserVerification?: boolean;
}

/** A refusal is a value, not an exception: a wrong signature is the peer's doing, not a fault. `reason` is for the audit, not for the peer. */
export type VerifyResult = { readonly isValid: true; readonly fido?: FidoFacts } | { readonly isValid: false; readonly reason: string };

/** What a FIDO authenticator stated in its signature (PROTOCOL.u2f). */
export interface FidoFacts {
  readonly isTouched: boolean;
  readonly isUserVerified: boolean;
  readonly counter: number;
}

/** Someone who can sign with one key: a parsed private key, an agent, a remote vault. */
export interface Signer {
  readonly publicKey: PublicKey;
  /** Signature algorithms it can make, best first; for RSA never `ssh-rsa` unless it was asked for. */
  readonly algorithms: readonly SignatureAlgorithm[];
  /** The signature blob (`string algorithm, string signature`) over `data`. `await` it: agents answer later. */
  sign(algorithm: SignatureAlgorithm, data: Buffer): Buffer | Promise<Buffer>;
}
