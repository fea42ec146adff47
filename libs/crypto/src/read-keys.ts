import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { verifyingKeysIn } from './public-keys.js';

/** Reads an Ed25519 private key and returns its PEM. Throws an Error that names the setting and the file. */
export function readSigningKey(setting: string, file: string): string {
  try {
    const pem = readFileSync(file, 'utf8');
    const type = createPrivateKey(pem).asymmetricKeyType;
    if (type === 'ed25519') return pem;
    throw new Error(`it is an ${type} key`);
  } catch (error) {
    throw new Error(`${setting}: "${file}" is not a readable Ed25519 private key in PEM`, { cause: error });
  }
}

/** Reads the public keys of former signing keys, as PEM; none without a file. Throws an Error that names the setting and the file. */
export function readFormerKeys(setting: string, file: string | undefined): string[] {
  if (file === undefined) return [];
  try {
    return verifyingKeysIn(readFileSync(file, 'utf8')).map(({ pem }) => pem);
  } catch (error) {
    throw new Error(`${setting}: "${file}" contains no readable Ed25519 public keys in PEM: ${(error as Error).message}`, { cause: error });
  }
}
