import { describe, expect, it } from 'vitest';
import { decodeKexInit, encodeKexInit, type KexInit } from './kexinit.js';
import { isGuessRight, negotiate } from './negotiate.js';

const init = (changes: Partial<KexInit> = {}): KexInit => ({
  kex: ['curve25519-sha256', 'ecdh-sha2-nistp256'],
  hostKey: ['ssh-ed25519', 'rsa-sha2-512'],
  ciphersToServer: ['aes256-gcm@openssh.com', 'aes128-ctr'],
  ciphersToClient: ['aes256-gcm@openssh.com', 'aes128-ctr'],
  macsToServer: ['hmac-sha2-256-etm@openssh.com'],
  macsToClient: ['hmac-sha2-256-etm@openssh.com'],
  compressionToServer: ['none'],
  compressionToClient: ['none'],
  guessFollows: false,
  ...changes,
});

describe('negotiation', () => {
  it("chooses the client's first name that the server has, and no MAC with an AEAD cipher", () => {
    const client = init({ kex: ['ecdh-sha2-nistp256', 'curve25519-sha256'], ciphersToClient: ['aes128-ctr'] });
    expect(negotiate(client, init())).toEqual({
      kex: 'ecdh-sha2-nistp256',
      hostKey: 'ssh-ed25519',
      cipherToServer: 'aes256-gcm@openssh.com',
      cipherToClient: 'aes128-ctr',
      macToServer: undefined,
      macToClient: 'hmac-sha2-256-etm@openssh.com',
    });
  });

  it('never chooses a marker as a method', () => {
    const markers = ['ext-info-c', 'kex-strict-c-v00@openssh.com', 'ext-info-s'];
    expect(() => negotiate(init({ kex: markers }), init({ kex: markers }))).toThrow('No matching key exchange method');
  });

  it('reports both offers when they share no name', () => {
    expect(() => negotiate(init({ hostKey: ['ssh-dss'] }), init())).toThrow(
      'No matching host key type found. Client offers: ssh-dss; server offers: ssh-ed25519,rsa-sha2-512',
    );
    expect(() => negotiate(init({ compressionToServer: ['zlib'] }), init())).toThrow('No matching compression');
    expect(() => negotiate(init({ ciphersToServer: ['aes128-ctr'], macsToServer: ['hmac-md5'] }), init())).toThrow('No matching MAC');
  });

  it('accepts a guess only when the first names of both sides agree, ignoring markers', () => {
    expect(isGuessRight(init({ kex: ['ext-info-c', 'curve25519-sha256'] }), init())).toBe(true);
    expect(isGuessRight(init({ hostKey: ['rsa-sha2-512'] }), init())).toBe(false);
  });

  it('decodes the KEXINIT that it encodes', () => {
    expect(decodeKexInit(encodeKexInit(init({ guessFollows: true })))).toEqual(init({ guessFollows: true }));
  });
});
