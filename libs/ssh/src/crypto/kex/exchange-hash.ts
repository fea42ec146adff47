/** The exchange hash H and the keys derived from it (RFC 4253 §7.2 and §8). */
import { createHash } from 'node:crypto';
import { SshWriter } from '../../wire/index.js';
import type { KexHash } from './kex-method.js';

/** The fields of the exchange hash, in order. Identification lines are without CR LF; KEXINITs are whole payloads. */
export interface ExchangeHashInput {
  readonly clientIdentification: string;
  readonly serverIdentification: string;
  readonly clientKexInit: Buffer;
  readonly serverKexInit: Buffer;
  readonly hostKeyBlob: Buffer;
  readonly clientValue: Buffer;
  readonly serverValue: Buffer;
  /** K including its length field, as KexMethod returns it. */
  readonly encodedSecret: Buffer;
}

/** Returns the exchange hash H (RFC 4253 §8), which the host key signs. The first one of a connection is also the session id. */
export const exchangeHash = (hash: KexHash, input: ExchangeHashInput): Buffer => {
  const fields = new SshWriter(4096)
    .writeString(input.clientIdentification)
    .writeString(input.serverIdentification)
    .writeString(input.clientKexInit)
    .writeString(input.serverKexInit)
    .writeString(input.hostKeyBlob)
    .writeString(input.clientValue)
    .writeString(input.serverValue)
    .writeBytes(input.encodedSecret)
    .finish();
  return createHash(hash).update(fields).digest();
};

/** The key to derive: A and B are the initial IVs, C and D the cipher keys, E and F the MAC keys; client-to-server first. */
export type KeyLetter = 'A' | 'B' | 'C' | 'D' | 'E' | 'F';

/** The input of key derivation. */
export interface KeyDerivationInput {
  readonly hash: KexHash;
  readonly encodedSecret: Buffer;
  readonly exchangeHash: Buffer;
  readonly sessionId: Buffer;
}

/**
 * Derives `length` bytes of the key `letter`: HASH(K ‖ H ‖ letter ‖ session_id), extended as in RFC 4253 §7.2. Length 0 returns an empty
 * buffer.
 */
export const deriveKey = (input: KeyDerivationInput, letter: KeyLetter, length: number): Buffer => {
  const digest = (...parts: Uint8Array[]): Buffer => {
    const state = createHash(input.hash).update(input.encodedSecret).update(input.exchangeHash);
    for (const part of parts) state.update(part);
    return state.digest();
  };
  let key = digest(Buffer.from(letter, 'latin1'), input.sessionId);
  while (key.length < length) key = Buffer.concat([key, digest(key)]);
  return key.subarray(0, length);
};
