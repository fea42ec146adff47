import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { deriveKey, exchangeHash, type KeyLetter } from '../index.js';
import { SshWriter } from '../../wire/index.js';

/** Runs OpenSSL's SSHKDF, an independent implementation of RFC 4253 §7.2. */
const opensslKdf = (digest: string, key: Buffer, hash: Buffer, sessionId: Buffer, letter: string, length: number): string => {
  const options = [
    `digest:${digest.toUpperCase()}`,
    `hexkey:${key.toString('hex')}`,
    `hexxcghash:${hash.toString('hex')}`,
    `hexsession_id:${sessionId.toString('hex')}`,
    `type:${letter}`,
  ];
  const args = ['kdf', '-keylen', String(length), ...options.flatMap((option) => ['-kdfopt', option]), 'SSHKDF'];
  return execFileSync('openssl', args, { encoding: 'utf8' }).trim().replaceAll(':', '').toLowerCase();
};

describe('deriveKey', () => {
  it.each(['sha1', 'sha256', 'sha384', 'sha512'] as const)('derives the same keys as OpenSSL with %s, short and extended ones', (hash) => {
    const encodedSecret = new SshWriter().writeMpint(randomBytes(256)).finish();
    const [h, sessionId] = [createHash(hash).update('H').digest(), createHash(hash).update('first H').digest()];
    for (const letter of ['A', 'B', 'C', 'D', 'E', 'F'] as KeyLetter[]) {
      for (const length of [12, 20, 64, 200]) {
        const key = deriveKey({ hash, encodedSecret, exchangeHash: h, sessionId }, letter, length);
        expect(key.toString('hex')).toBe(opensslKdf(hash, encodedSecret, h, sessionId, letter, length));
      }
    }
  });

  it('returns an empty buffer for length 0', () => {
    const input = { hash: 'sha256', encodedSecret: Buffer.alloc(4), exchangeHash: Buffer.alloc(32), sessionId: Buffer.alloc(32) } as const;
    expect(deriveKey(input, 'A', 0)).toHaveLength(0);
  });
});

describe('exchangeHash', () => {
  const input = {
    clientIdentification: 'SSH-2.0-a',
    serverIdentification: 'SSH-2.0-b',
    clientKexInit: Buffer.from('I_C'),
    serverKexInit: Buffer.from('I_S'),
    hostKeyBlob: Buffer.from('K_S'),
    clientValue: Buffer.from('e'),
    serverValue: Buffer.from('f'),
    encodedSecret: Buffer.from('0000000101', 'hex'),
  };

  it('hashes the fields in the order of RFC 4253 §8', () => {
    const text = ['SSH-2.0-a', 'SSH-2.0-b', 'I_C', 'I_S', 'K_S', 'e', 'f'].map(
      (field) => `${field.length.toString(16).padStart(8, '0')}${Buffer.from(field).toString('hex')}`,
    );
    const expected = createHash('sha256')
      .update(Buffer.from(`${text.join('')}0000000101`, 'hex'))
      .digest();
    expect(exchangeHash('sha256', input)).toEqual(expected);
  });

  it('changes with every field', () => {
    const hash = exchangeHash('sha256', input);
    for (const field of Object.keys(input) as (keyof typeof input)[]) {
      const value = input[field];
      const changed = typeof value === 'string' ? `${value}x` : Buffer.concat([value, Buffer.from('x')]);
      expect(exchangeHash('sha256', { ...input, [field]: changed })).not.toEqual(hash);
    }
  });
});
