/** bcrypt_pbkdf, with which OpenSSH encrypts private keys (OpenBSD's bcrypt_pbkdf(3)): PBKDF2 with bcrypt of a fixed cost as its hash. */
import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { Blowfish } from './blowfish.js';

const HASH_BYTES = 32;
const MAGIC = Buffer.from('OxychromaticBlowfishSwatDynamite', 'latin1');

const sha512 = (...parts: Uint8Array[]): Buffer => {
  const hash = createHash('sha512');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

const bcryptHash = (password: Buffer, salt: Buffer): Buffer => {
  const cipher = new Blowfish();
  cipher.expand(password, salt);
  for (let i = 0; i < 64; i += 1) {
    cipher.expand(salt);
    cipher.expand(password);
  }
  const words = Int32Array.from({ length: 8 }, (_, i) => MAGIC.readInt32BE(i * 4));
  for (let i = 0; i < 64; i += 1) for (let at = 0; at < 8; at += 2) cipher.encrypt(words, at);
  const digest = Buffer.alloc(HASH_BYTES);
  words.forEach((word, i) => digest.writeInt32LE(word, i * 4));
  return digest;
};

/** Derives one block of output. Yields to the event loop after every round, which takes some milliseconds. */
const deriveBlock = async (password: Buffer, salt: Buffer, rounds: number, index: number): Promise<Buffer> => {
  const counter = Buffer.alloc(4);
  counter.writeUInt32BE(index);
  let round = bcryptHash(password, sha512(salt, counter));
  const block = Buffer.from(round);
  for (let i = 1; i < rounds; i += 1) {
    await setImmediate();
    round = bcryptHash(password, sha512(round));
    for (let at = 0; at < HASH_BYTES; at += 1) block[at]! ^= round[at]!;
  }
  return block;
};

/** Derives `length` bytes of key (at most 1024) from a passphrase and a salt; `rounds` is the cost. */
export const bcryptPbkdf = async (passphrase: Buffer, salt: Buffer, rounds: number, length: number): Promise<Buffer> => {
  const stride = Math.ceil(length / HASH_BYTES);
  const password = sha512(passphrase);
  const key = Buffer.alloc(length);
  for (let index = 1; index <= stride; index += 1) {
    const block = await deriveBlock(password, salt, rounds, index);
    // The output is interleaved, so that no part of the key is cheaper than the whole key.
    for (let i = 0; i < HASH_BYTES && i * stride + index - 1 < length; i += 1) key[i * stride + index - 1] = block[i]!;
  }
  return key;
};
