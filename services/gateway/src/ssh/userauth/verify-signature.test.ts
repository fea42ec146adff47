import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseSigningKey } from '../engine/private-key.js';
import { SshWriter } from '../wire/index.js';
import { VerifiedPublicKey } from './verified-public-key.js';

const signedData = Buffer.from('session id and request');
const openssl = (type: 'rsa' | 'ec', options: object = {}): string => {
  const { privateKey } = generateKeyPairSync(type as 'rsa', { modulusLength: 2048, ...options });
  return privateKey.export({ type: type === 'rsa' ? 'pkcs1' : 'sec1', format: 'pem' }).toString();
};

const keys: [string, string][] = [
  ['rsa-sha2-256', openssl('rsa')],
  ['rsa-sha2-512', openssl('rsa')],
  ['ecdsa-sha2-nistp256', openssl('ec', { namedCurve: 'prime256v1' })],
  ['ecdsa-sha2-nistp384', openssl('ec', { namedCurve: 'secp384r1' })],
  ['ecdsa-sha2-nistp521', openssl('ec', { namedCurve: 'secp521r1' })],
];

describe.each(keys)('a signature by %s', (algorithm, text) => {
  const key = parseSigningKey(text);

  it('made by us is verified by us, many times over, and no altered one is', () => {
    for (let round = 0; round < 20; round += 1) {
      const signature = key.sign(signedData, algorithm);
      expect(VerifiedPublicKey.verify({ blob: key.blob, algorithm, signature, signedData })?.blob).toEqual(key.blob);
    }
    const signature = key.sign(signedData, algorithm);
    for (let at = 0; at < signature.length; at += 7) {
      const altered = Buffer.from(signature);
      altered[at] = (altered[at] ?? 0) ^ 1;
      expect(VerifiedPublicKey.verify({ blob: key.blob, algorithm, signature: altered, signedData })).toBeUndefined();
    }
  });

  it('of other data, of another key, cut short or named otherwise proves nothing', () => {
    const signature = key.sign(signedData, algorithm);
    const other = parseSigningKey(algorithm.startsWith('rsa') ? openssl('rsa') : openssl('ec', { namedCurve: 'prime256v1' }));
    const claims = [
      { blob: key.blob, algorithm, signature, signedData: Buffer.from('something else') },
      { blob: other.blob, algorithm, signature, signedData },
      { blob: key.blob, algorithm, signature: signature.subarray(0, -1), signedData },
      { blob: key.blob.subarray(0, -1), algorithm, signature, signedData },
      { blob: key.blob, algorithm: 'ssh-ed25519', signature, signedData },
      { blob: Buffer.alloc(0), algorithm, signature, signedData },
      { blob: key.blob, algorithm, signature: Buffer.alloc(0), signedData },
    ];
    expect(claims.map((claim) => VerifiedPublicKey.verify(claim))).toEqual(claims.map(() => undefined));
  });
});

describe('RSA', () => {
  const claimOf = (modulusLength: number, algorithm: string, digest: string) => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength });
    const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
    const blob = new SshWriter().string('ssh-rsa').string(Buffer.from(e, 'base64url')).string(Buffer.concat([Buffer.of(0), Buffer.from(n, 'base64url')])).finish();
    const signature = new SshWriter().string(algorithm).string(sign(digest, signedData, privateKey)).finish();
    return { blob, algorithm, signature, signedData };
  };

  it('with SHA-1, or with a key that is too short, proves nothing', () => {
    expect(VerifiedPublicKey.verify(claimOf(2048, 'rsa-sha2-256', 'sha256'))).toBeDefined();
    expect(VerifiedPublicKey.verify(claimOf(2048, 'ssh-rsa', 'sha1'))).toBeUndefined();
    expect(VerifiedPublicKey.verify(claimOf(1024, 'rsa-sha2-256', 'sha256'))).toBeUndefined();
  });

  it('with a giant key costs nothing: it is refused by its size', () => {
    const blob = new SshWriter().string('ssh-rsa').string(Buffer.of(1, 0, 1)).string(Buffer.alloc(4096, 0xff)).finish();
    const startedAt = performance.now();
    expect(VerifiedPublicKey.verify({ blob, algorithm: 'rsa-sha2-256', signature: new SshWriter().string('rsa-sha2-256').string(Buffer.alloc(4096, 1)).finish(), signedData })).toBeUndefined();
    expect(performance.now() - startedAt).toBeLessThan(50);
  });
});
