import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DsseInvalid, signDsse, verifyDsse } from './dsse.js';
import { hashPassword, verifyPassword } from './password-hash.js';
import { createSealer, SealBroken } from './sealer.js';

const key = () => randomBytes(32).toString('base64');

describe('sealer', () => {
  const keys = { k1: key(), k2: key() };
  const old = createSealer({ active: 'k1', keys });
  const rotated = createSealer({ active: 'k2', keys });

  it('opens what it sealed, and seals the same secret differently each time', () => {
    const sealed = old.seal(Buffer.from('s3cret'), 'account:1');
    expect(old.open(sealed, 'account:1').toString()).toBe('s3cret');
    expect(old.seal(Buffer.from('s3cret'), 'account:1')).not.toBe(sealed);
    expect(sealed).not.toContain('s3cret');
  });

  it('refuses a sealed secret moved to another record', () => {
    const sealed = old.seal(Buffer.from('s3cret'), 'account:1');
    expect(() => old.open(sealed, 'account:2')).toThrow(SealBroken);
  });

  it('refuses any changed byte', () => {
    const sealed = old.seal(Buffer.from('s3cret'), 'a');
    for (let at = 3; at < sealed.length; at += 5) {
      const other = sealed[at] === 'A' ? 'B' : 'A';
      expect(() => old.open(sealed.slice(0, at) + other + sealed.slice(at + 1), 'a'), `byte ${at}`).toThrow(SealBroken);
    }
  });

  it('refuses other texts that would decode to the same bytes', () => {
    const sealed = old.seal(Buffer.from('s3cret'), 'a'); // 34 bytes sealed: the last character has bits to spare
    const bytes = (text: string): string => Buffer.from(text.split('.')[3] ?? '', 'base64url').toString('hex');
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const twins = [...alphabet]
      .map((last) => sealed.slice(0, -1) + last)
      .filter((text) => text !== sealed && bytes(text) === bytes(sealed));
    expect(twins.length).toBeGreaterThan(0);
    for (const twin of [...twins, `${sealed}=`, `${sealed} `]) expect(() => old.open(twin, 'a'), twin.slice(-3)).toThrow(SealBroken);
  });

  it('rotates: the old key still opens, rewrap moves the record to the new key', () => {
    const sealed = old.seal(Buffer.from('s3cret'), 'a');
    expect(rotated.open(sealed, 'a').toString()).toBe('s3cret');
    expect(rotated.needsRewrap(sealed)).toBe(true);
    const rewrapped = rotated.rewrap(sealed, 'a');
    expect(rotated.needsRewrap(rewrapped)).toBe(false);
    expect(
      createSealer({ active: 'k2', keys: { k2: keys.k2 } })
        .open(rewrapped, 'a')
        .toString(),
    ).toBe('s3cret');
    expect(() => createSealer({ active: 'k2', keys: { k2: keys.k2 } }).open(sealed, 'a')).toThrow('key "k1"');
  });

  it('reports what is wrong with its keys at start', () => {
    expect(() => createSealer({ active: 'k9', keys })).toThrow('"k9" is not among the keys: k1, k2');
    expect(() => createSealer({ active: 'k1', keys: { k1: 'c2hvcnQ=' } })).toThrow('has 5 bytes, not 32');
  });
});

describe('password hash', () => {
  it('is a PHC argon2id string that verifies its password alone', async () => {
    const phc = await hashPassword('pässword');
    expect(phc).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect([
      await verifyPassword('pässword', phc),
      await verifyPassword('password', phc),
      await verifyPassword('pässword', 'junk'),
    ]).toEqual([true, false, false]);
  });

  it('takes as long for a user without a password', async () => {
    const phc = await hashPassword('x');
    const time = async (stored: string | null) => {
      const start = process.hrtime.bigint();
      for (let i = 0; i < 5; i++) await verifyPassword('y', stored);
      return Number(process.hrtime.bigint() - start);
    };
    await time(phc);
    const ratio = (await time(null)) / (await time(phc));
    expect(ratio).toBeGreaterThan(0.3);
    expect(ratio).toBeLessThan(3);
  });
});

describe('DSSE', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519', {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const envelope = signDsse('application/x-demo', Buffer.from('{"a":1}'), privateKey);

  it('verifies what it signed', () => {
    expect(verifyDsse(envelope, publicKey)).toMatchObject({ payloadType: 'application/x-demo', payload: Buffer.from('{"a":1}') });
  });

  it('refuses every flipped bit of every byte', () => {
    for (let at = 0; at < envelope.length; at++) {
      for (const bit of [1, 4, 32, 128]) {
        const changed = Buffer.from(envelope);
        changed[at] = (changed[at] ?? 0) ^ bit;
        expect(() => verifyDsse(changed, publicKey), `byte ${at} bit ${bit}`).toThrow(DsseInvalid);
      }
    }
  });

  it('refuses bytes added behind it and another key', () => {
    expect(() => verifyDsse(Buffer.concat([envelope, Buffer.from(' ')]), publicKey)).toThrow('canonical');
    const other = generateKeyPairSync('ed25519', {
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    expect(() => verifyDsse(envelope, other.publicKey)).toThrow('not with the given key');
  });
});
