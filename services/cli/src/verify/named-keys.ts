import { readFileSync } from 'node:fs';
import { type VerifyingKey, verifyingKeysIn } from '@sallyport/crypto';
import { CannotVerify } from './verify.errors.js';

/** A public key of the recorders, and the file that contains it. */
export interface NamedKey extends VerifyingKey {
  readonly file: string;
}

/** Reads every key of the files: after a rotation there are several, in files of their own or in one. */
export const readPublicKeys = (files: readonly string[]): NamedKey[] => files.flatMap((file) => keysOf(file));

function keysOf(file: string): NamedKey[] {
  try {
    return verifyingKeysIn(readFileSync(file, 'utf8')).map((key) => ({ ...key, file }));
  } catch (error) {
    throw new CannotVerify(`"${file}" is not an Ed25519 public key in PEM: ${(error as Error).message}`, {}, { cause: error });
  }
}
