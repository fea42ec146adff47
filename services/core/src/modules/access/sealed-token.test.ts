import { createSealer } from '@sallyport/crypto';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { sealedTokens, type TokenKind } from './sealed-token.js';

const keys = { active: 'k1', keys: { k1: Buffer.alloc(32, 7).toString('base64') } };
const kind: TokenKind<{ user: string }> = { purpose: 'test/one', ttlMs: 1000, schema: z.object({ user: z.string() }) };

function setUp() {
  let now = 1_000_000;
  const tokens = sealedTokens(createSealer(keys), { now: () => now });
  return { tokens, pass: (ms: number) => (now += ms) };
}

describe('sealed tokens', () => {
  it('open to what was sealed, until they are too old', () => {
    const { tokens, pass } = setUp();
    const token = tokens.seal(kind, { user: 'alice' });
    pass(999);
    expect(tokens.open(kind, token)).toEqual({ user: 'alice' });
    pass(1);
    expect(tokens.open(kind, token)).toBeUndefined();
  });

  it('do not open as a token of another kind', () => {
    const { tokens } = setUp();
    expect(tokens.open({ ...kind, purpose: 'test/two' }, tokens.seal(kind, { user: 'alice' }))).toBeUndefined();
  });

  it('do not open once any byte is altered, nor when empty', () => {
    const { tokens } = setUp();
    const token = tokens.seal(kind, { user: 'alice' });
    for (let at = 0; at < token.length; at++) {
      const altered = Buffer.from(token);
      altered[at] = altered[at]! ^ 0x01;
      expect(tokens.open(kind, altered), `byte ${at}`).toBeUndefined();
    }
    expect(tokens.open(kind, Buffer.alloc(0))).toBeUndefined();
  });

  it('do not show what they carry', () => {
    const { tokens } = setUp();
    const token = tokens.seal(kind, { user: 'alice' });
    expect(token.toString('latin1') + Buffer.from(token.toString(), 'base64').toString('latin1')).not.toContain('alice');
  });
});
