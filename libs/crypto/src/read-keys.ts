import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { verifyingKeysIn } from './public-keys.js';

/** A setting by its name: the name of a file. */
export type FileSetting<File extends string | undefined> = Readonly<Record<string, File>>;

/** Reads an Ed25519 private key and returns its PEM. Throws an Error that names the setting and the file. */
export function readSigningKey(setting: FileSetting<string>): string {
  const [name, file] = only(setting);
  try {
    const pem = readFileSync(file, 'utf8');
    const type = createPrivateKey(pem).asymmetricKeyType;
    if (type === 'ed25519') return pem;
    throw new Error(`it is an ${type} key`);
  } catch (error) {
    throw new Error(`${name}: "${file}" is not a readable Ed25519 private key in PEM`, { cause: error });
  }
}

/** Reads the public keys of former signing keys, as PEM; none without a file. Throws an Error that names the setting and the file. */
export function readFormerKeys(setting: FileSetting<string | undefined>): string[] {
  const [name, file] = only(setting);
  if (file === undefined) return [];
  try {
    return verifyingKeysIn(readFileSync(file, 'utf8')).map(({ pem }) => pem);
  } catch (error) {
    throw new Error(`${name}: "${file}" contains no readable Ed25519 public keys in PEM: ${(error as Error).message}`, { cause: error });
  }
}

/** Returns the name and the file of the one setting. */
export function only<File extends string | undefined>(setting: FileSetting<File>): [name: string, file: File] {
  const [entry, ...others] = Object.entries(setting);
  if (entry === undefined || others.length > 0) throw new Error('a key is read from exactly one setting');
  return entry;
}
