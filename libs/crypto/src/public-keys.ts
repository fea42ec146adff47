import { createPublicKey } from 'node:crypto';
import { keyIdOf } from './dsse.js';

/** An Ed25519 public key that verifies signatures. */
export interface VerifyingKey {
  /** SPKI PEM. */
  readonly pem: string;
  /** SHA-256 of the SPKI DER, hex; envelopes name it. */
  readonly keyId: string;
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[^-]*-----END \1-----/g;

/**
 * Returns the Ed25519 public keys of a PEM text, one or several. Throws an Error for a private key, another kind of key, and a text without
 * a key.
 */
export function verifyingKeysIn(text: string): VerifyingKey[] {
  const blocks = [...text.matchAll(BLOCK)];
  if (blocks.length === 0) throw new Error('it holds no PEM block');
  return blocks.map(([pem, label = '']) => {
    if (label.includes('PRIVATE KEY'))
      throw new Error('it is a private key; verifying needs the public one, and the private one should not be here');
    const key = createPublicKey(pem);
    if (key.asymmetricKeyType !== 'ed25519') throw new Error(`it is an ${key.asymmetricKeyType} key`);
    return { pem, keyId: keyIdOf(key) };
  });
}
