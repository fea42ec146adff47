import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import { describe, expect, it } from 'vitest';
import { HpkeReceiver, HpkeSender } from './hpke.js';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const pkcs8 = (raw: string): KeyObject =>
  createPrivateKey({ key: Buffer.concat([hex('302e020100300506032b656e04220420'), hex(raw)]), format: 'der', type: 'pkcs8' });

describe('the test vector of RFC 9180, A.1.1 (AES-128-GCM)', () => {
  const aead = { id: 1, cipher: 'aes-128-gcm', keyBytes: 16 } as const;
  const ephemeral = pkcs8('52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736');
  const recipient = pkcs8('4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8');
  const info = hex('4f6465206f6e2061204772656369616e2055726e');
  const plaintext = hex('4265617574792069732074727574682c20747275746820626561757479');
  const ciphertexts = [
    'f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a',
    'af2d7e9ac9ae7e270f46ba1f975be53c09f8d875bdc8535458c2494e8a6eab251c03d0c22a56b8ca42c2063b84',
  ];
  const enc = '37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431';

  it('is what the sender makes', () => {
    const pair = { privateKey: ephemeral, publicKey: createPublicKey(ephemeral) };
    const sender = new HpkeSender(createPublicKey(recipient), info, { aead, ephemeral: pair });
    expect(sender.enc.toString('hex')).toBe(enc);
    expect(ciphertexts.map((_, at) => sender.seal(plaintext, Buffer.from(`Count-${at}`)).toString('hex'))).toEqual(ciphertexts);
  });

  it('is opened by the receiver, in any order', () => {
    const receiver = new HpkeReceiver(recipient, hex(enc), info, aead);
    for (const at of [1, 0]) expect(receiver.open(at, hex(ciphertexts[at] ?? ''), Buffer.from(`Count-${at}`))).toEqual(plaintext);
  });
});

describe('with AES-256-GCM', () => {
  const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
  const { privateKey, publicKey } = generateKeyPairSync('x25519');
  const info = Buffer.from('info');
  const aad = Buffer.from('aad');

  it('another implementation opens what is sealed here', async () => {
    const sender = new HpkeSender(publicKey, info);
    const recipientKey = await suite.kem.deserializePrivateKey(Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url'));
    const receiver = await suite.createRecipientContext({ recipientKey, enc: sender.enc, info });
    for (const text of ['one', '', 'three'])
      expect(Buffer.from(await receiver.open(sender.seal(Buffer.from(text), aad), aad)).toString()).toBe(text);
  });

  it('what another implementation sealed is opened here', async () => {
    const recipientPublicKey = await suite.kem.deserializePublicKey(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32));
    const sender = await suite.createSenderContext({ recipientPublicKey, info });
    const receiver = new HpkeReceiver(privateKey, Buffer.from(sender.enc), info);
    for (const number of [0, 1]) {
      const sealed = Buffer.from(await sender.seal(Buffer.from(`text ${number}`), aad));
      expect(receiver.open(number, sealed, aad)?.toString()).toBe(`text ${number}`);
    }
  });

  it('nothing opens with another key, info, number, aad, or after a flipped bit', () => {
    const sender = new HpkeSender(publicKey, info);
    const sealed = sender.seal(Buffer.from('text'), aad);
    const receiver = new HpkeReceiver(privateKey, sender.enc, info);
    const other = generateKeyPairSync('x25519').privateKey;
    expect(receiver.open(0, sealed, aad)?.toString()).toBe('text');
    expect(receiver.open(1, sealed, aad)).toBeUndefined();
    expect(receiver.open(0, sealed, Buffer.from('other'))).toBeUndefined();
    expect(receiver.open(0, sealed.subarray(0, 3), aad)).toBeUndefined();
    expect(new HpkeReceiver(privateKey, sender.enc, Buffer.from('other')).open(0, sealed, aad)).toBeUndefined();
    expect(new HpkeReceiver(other, sender.enc, info).open(0, sealed, aad)).toBeUndefined();
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(receiver.open(0, changed, aad)).toBeUndefined();
    }
  });
});
