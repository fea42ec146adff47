import { createPublicKey, generateKeyPairSync } from 'node:crypto';

/** An Ed25519 key pair that signs: PKCS#8 and SPKI PEM. The private half is a secret. */
export interface SigningKey {
  readonly privateKey: string;
  readonly publicKey: string;
}

/** Makes a signing key. */
export function makeSigningKey(): SigningKey {
  const privateKey = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { privateKey, publicKey: publicHalf(privateKey) };
}

/** Returns the public half of a private key, as SPKI PEM. */
export const publicHalf = (privateKey: string): string => createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
