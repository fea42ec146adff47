/** Blowfish with the expensive key schedule of bcrypt (Provos and Mazières, "A Future-Adaptable Password Scheme", 1999, §5). */
import { piWords } from './pi-words.js';

const ROUNDS = 16;
const P_WORDS = ROUNDS + 2;
const S_WORDS = 4 * 256;

let initialState: Int32Array | undefined;

/** Returns a function that reads big-endian 32-bit numbers from bytes, cyclically. */
const wordCycle = (bytes: Uint8Array): (() => number) => {
  let at = 0;
  return () => {
    let word = 0;
    for (let i = 0; i < 4; i += 1) {
      word = (word << 8) | bytes[at]!;
      at = (at + 1) % bytes.length;
    }
    return word;
  };
};

/** P-array and S-boxes of one key. Signed 32-bit numbers, because V8 keeps them as machine integers. */
export class Blowfish {
  private readonly p: Int32Array;
  private readonly s: Int32Array;

  constructor() {
    initialState ??= Int32Array.from(piWords(P_WORDS + S_WORDS));
    this.p = initialState.slice(0, P_WORDS);
    this.s = initialState.slice(P_WORDS);
  }

  /**
   * Implements bcrypt's ExpandKey: mixes `key` into the P-array, then refills all tables from a chain of encryptions salted with `salt`.
   */
  expand(key: Uint8Array, salt?: Uint8Array): void {
    const nextKey = wordCycle(key);
    for (let i = 0; i < P_WORDS; i += 1) this.p[i]! ^= nextKey();
    const nextSalt = salt === undefined ? () => 0 : wordCycle(salt);
    const block = new Int32Array(2);
    this.refill(this.p, block, nextSalt);
    this.refill(this.s, block, nextSalt);
  }

  private refill(table: Int32Array, block: Int32Array, nextSalt: () => number): void {
    for (let i = 0; i < table.length; i += 2) {
      block[0]! ^= nextSalt();
      block[1]! ^= nextSalt();
      this.encrypt(block, 0);
      table[i] = block[0]!;
      table[i + 1] = block[1]!;
    }
  }

  /** Encrypts the two 32-bit numbers at `words[at]` in place. */
  encrypt(words: Int32Array, at: number): void {
    const { p, s } = this;
    let left = words[at]!;
    let right = words[at + 1]!;
    for (let i = 0; i < ROUNDS; i += 2) {
      left ^= p[i]!;
      right ^= (((s[left >>> 24]! + s[256 + ((left >>> 16) & 255)]!) ^ s[512 + ((left >>> 8) & 255)]!) + s[768 + (left & 255)]!) | 0;
      right ^= p[i + 1]!;
      left ^= (((s[right >>> 24]! + s[256 + ((right >>> 16) & 255)]!) ^ s[512 + ((right >>> 8) & 255)]!) + s[768 + (right & 255)]!) | 0;
    }
    words[at] = right ^ p[ROUNDS + 1]!;
    words[at + 1] = left ^ p[ROUNDS]!;
  }
}
