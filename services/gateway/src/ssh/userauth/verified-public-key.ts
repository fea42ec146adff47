import { createHash } from 'node:crypto';
import { verifySignature } from './verify-signature.js';

/** The fingerprint as `ssh-keygen -l` shows it. */
export const fingerprintOf = (blob: Buffer): string => `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;

/** A public key whose holder has signed this connection's session id. Only a verified signature makes one. */
export class VerifiedPublicKey {
  private constructor(readonly blob: Buffer) {}

  /** The proof, or undefined when the signature is not one of this key over these bytes. */
  static verify(claim: { blob: Buffer; algorithm: string; signature: Buffer; signedData: Buffer }): VerifiedPublicKey | undefined {
    return verifySignature(claim) ? new VerifiedPublicKey(claim.blob) : undefined;
  }
}
