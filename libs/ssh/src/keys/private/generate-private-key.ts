import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { privateKeyFromKeyObject, type PrivateKey } from './private-key.js';

/** Key types that can be generated: Ed25519, ECDSA by curve, RSA by modulus bits. */
export type KeyKind = 'ed25519' | 'ecdsa-nistp256' | 'ecdsa-nistp384' | 'ecdsa-nistp521' | 'rsa-2048' | 'rsa-3072' | 'rsa-4096';

const generate = promisify(generateKeyPair);

const newPair = (kind: KeyKind) => {
  if (kind === 'ed25519') return generate('ed25519');
  const [family, size = ''] = kind.split('-');
  return family === 'rsa' ? generate('rsa', { modulusLength: Number(size) }) : generate('ec', { namedCurve: size.replace('nistp', 'P-') });
};

/** Generates a key outside of the event loop (RSA takes up to a second). */
export const generatePrivateKey = async (kind: KeyKind, comment = ''): Promise<PrivateKey> =>
  privateKeyFromKeyObject((await newPair(kind)).privateKey, comment);
