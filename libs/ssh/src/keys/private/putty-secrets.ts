/** Derives the keys of PuTTY files (PuTTY manual, appendix C.3 and C.4). */
import { argon2, createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { SshKeyError } from '../key-error.js';
import type { PuttyFile } from './putty-file.js';

/** The keys of one file. */
export interface PuttySecrets {
  readonly cipherKey: Buffer;
  readonly iv: Buffer;
  readonly macKey: Buffer;
  readonly macDigest: 'sha1' | 'sha256';
}

/** Limits of Argon2's cost. PuTTYgen uses 8 MiB and about 100 ms; a hostile file must not choose the cost freely. */
const MAX_MEMORY_KIB = 256 * 1024;
const MAX_PASSES = 1000;
const MAX_PARALLELISM = 16;

const EMPTY = Buffer.alloc(0);
const ALGORITHMS = new Map([
  ['Argon2i', 'argon2i'],
  ['Argon2d', 'argon2d'],
  ['Argon2id', 'argon2id'],
] as const);

const sha1 = (...parts: (Buffer | string)[]): Buffer =>
  createHash('sha1')
    .update(Buffer.concat(parts.map((part) => Buffer.from(part))))
    .digest();

/**
 * Derives the keys of a file. Throws SshKeyError if the key derivation is unknown or too expensive.
 * @param passphrase undefined for a file that is not encrypted.
 */
export const derivePuttySecrets = async (file: PuttyFile, passphrase: Buffer | undefined): Promise<PuttySecrets> =>
  file.version === 2 ? deriveVersion2(passphrase ?? EMPTY) : deriveVersion3(file, passphrase);

const deriveVersion2 = (passphrase: Buffer): PuttySecrets => ({
  cipherKey: Buffer.concat([sha1(Buffer.from([0, 0, 0, 0]), passphrase), sha1(Buffer.from([0, 0, 0, 1]), passphrase)]).subarray(0, 32),
  iv: Buffer.alloc(16),
  macKey: sha1('putty-private-key-file-mac-key', passphrase),
  macDigest: 'sha1',
});

const deriveVersion3 = async (file: PuttyFile, passphrase: Buffer | undefined): Promise<PuttySecrets> => {
  if (passphrase === undefined) return { cipherKey: EMPTY, iv: EMPTY, macKey: EMPTY, macDigest: 'sha256' };
  const algorithm = ALGORITHMS.get((file.headers.get('Key-Derivation') ?? '') as 'Argon2id');
  if (algorithm === undefined) throw new SshKeyError('unsupported', 'PuTTY key file uses an unknown key derivation');
  const material = await promisify(argon2)(algorithm, {
    message: passphrase,
    nonce: Buffer.from(file.headers.get('Argon2-Salt') ?? '', 'hex'),
    memory: cost(file, 'Argon2-Memory', MAX_MEMORY_KIB),
    passes: cost(file, 'Argon2-Passes', MAX_PASSES),
    parallelism: cost(file, 'Argon2-Parallelism', MAX_PARALLELISM),
    tagLength: 80,
  });
  return { cipherKey: material.subarray(0, 32), iv: material.subarray(32, 48), macKey: material.subarray(48), macDigest: 'sha256' };
};

const cost = (file: PuttyFile, header: string, limit: number): number => {
  const value = Number(file.headers.get(header));
  if (!Number.isInteger(value) || value < 1 || value > limit)
    throw new SshKeyError('unsupported', `PuTTY key file requires ${header} ${file.headers.get(header)}; 1 to ${limit} are supported`);
  return value;
};
