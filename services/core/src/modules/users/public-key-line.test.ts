import { generateKeyPairSync } from 'node:crypto';
import { publicKeyFromKeyObject } from '@sallyport/ssh';
import { describe, expect, it } from 'vitest';
import { readPublicKeyLine } from './public-key-line.js';

// ssh-keygen -t ed25519; ssh-keygen -l -f … printed this fingerprint.
const ED25519 = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';
const rsa = (bits: number): string =>
  `ssh-rsa ${publicKeyFromKeyObject(generateKeyPairSync('rsa', { modulusLength: bits }).publicKey).blob.toString('base64')}`;

describe('readPublicKeyLine', () => {
  it('reads the line of a .pub file', () => {
    const key = readPublicKeyLine(`  ${ED25519} alice at home\n`);
    expect({ ...key, blob: key.blob.toString('base64') }).toEqual({
      algorithm: 'ssh-ed25519',
      blob: ED25519.split(' ')[1],
      fingerprint: 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU',
      comment: 'alice at home',
    });
  });

  it.each([
    ['nothing', '   ', /looks like "ssh-ed25519 AAAA/],
    ['prose', 'my key please', /looks like "ssh-ed25519 AAAA/],
    ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----', /private key: keep it secret/],
    ['two keys', `${ED25519}\n${ED25519}`, /one key/],
    ['options before the key', `no-pty ${ED25519}`, /./],
    ['a type that is not the key’s', ED25519.replace('ssh-ed25519', 'ssh-rsa'), /the key in it is of type "ssh-ed25519"/],
    ['a cut key', ED25519.slice(0, -8), /./],
    ['DSA', 'ssh-dss AAAAB3NzaC1kc3MAAAAA', /./],
    ['a weak RSA key', rsa(1024), /1024 bits/],
  ])('refuses %s', (_, text, words) => {
    expect(() => readPublicKeyLine(text)).toThrow(
      expect.objectContaining({ code: 'SSH_KEY_INVALID', message: expect.stringMatching(words) as string }) as Error,
    );
  });

  it('takes RSA of 2048 bits', () => {
    expect(readPublicKeyLine(rsa(2048)).algorithm).toBe('ssh-rsa');
  });
});
