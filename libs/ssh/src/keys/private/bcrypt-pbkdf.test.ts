import { describe, expect, it } from 'vitest';
import { bcryptPbkdf } from './bcrypt-pbkdf.js';
import { piWords } from './pi-words.js';

describe('bcrypt_pbkdf', () => {
  it("computes OpenBSD's vectors", async () => {
    const derive = async (password: string, salt: string | Buffer, rounds: number, length: number) =>
      (await bcryptPbkdf(Buffer.from(password), Buffer.from(salt), rounds, length)).toString('hex');
    expect(await derive('password', 'salt', 4, 32)).toBe('5bbf0cc293587f1c3635555c27796598d47e579071bf427e9d8fbe842aba34d9');
    expect(await derive('password', Buffer.from([0]), 4, 16)).toBe('c12b566235eee04c212598970a579a67');
  });
});

describe('the digits of π', () => {
  it("begin and end like Blowfish's published tables", () => {
    const words = [...piWords(1042)].map((word) => word.toString(16));
    expect(words.slice(0, 4)).toEqual(['243f6a88', '85a308d3', '13198a2e', '3707344']);
    expect(words.slice(-2)).toEqual(['578fdfe3', '3ac372e6']);
  });
});
