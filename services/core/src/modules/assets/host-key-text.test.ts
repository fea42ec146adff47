import { generateKeyPairSync } from 'node:crypto';
import { fingerprint, publicKeyFromKeyObject } from '@sallyport/ssh';
import { describe, expect, it } from 'vitest';
import { readFingerprint, readKeyLine } from './host-key-text.js';

const key = publicKeyFromKeyObject(generateKeyPairSync('ed25519').publicKey);
const base64 = key.blob.toString('base64');
const print = fingerprint(key);

describe('a host key', () => {
  it.each([
    `ssh-ed25519 ${base64}`,
    `ssh-ed25519 ${base64} root@web`,
    `[10.0.0.1]:2222 ssh-ed25519 ${base64}`,
    `web,10.0.0.1 ssh-ed25519 ${base64}\n`,
  ])('is read from %s', (line) => expect(readKeyLine(line)).toEqual({ algorithm: 'ssh-ed25519', blob: key.blob, fingerprint: print }));

  it.each([
    '',
    'ssh-ed25519',
    `ssh-ed25519 ${base64}\nssh-ed25519 ${base64}`,
    `@cert-authority * ssh-ed25519 ${base64}`,
    'ssh-ed25519 AAAAnonsense',
  ])('is not read from %s', (line) => expect(() => readKeyLine(line)).toThrow(/host key/));
});

describe('a fingerprint', () => {
  it.each([
    [print, ''],
    [` ${print} `, ''],
    [`256 ${print} root@web (ED25519)`, 'ssh-ed25519'],
    [`3072 ${print} no comment (RSA)`, 'ssh-rsa'],
    [`384 ${print} a b c (ECDSA)`, 'ecdsa-sha2-nistp384'],
    [`256 ${print} web (ED25519-SK)`, ''],
  ])('is read from %s', (text, algorithm) => {
    expect(readFingerprint(text)).toEqual({ algorithm, blob: Buffer.alloc(0), fingerprint: print });
  });

  it.each(['', 'SHA256:short', 'MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48', '256 MD5:16:27 root (ED25519)'])(
    'is not read from %s',
    (text) => expect(() => readFingerprint(text)).toThrow(/ssh-keygen -l -E sha256/),
  );
});
