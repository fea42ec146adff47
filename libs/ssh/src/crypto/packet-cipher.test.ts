import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { MAX_PACKET_LENGTH, PAYLOAD_OFFSET, plainOpener, plainSealer, selectCrypto } from './index.js';
import { PacketMac } from './js/packet-mac.js';
import { describeAgreement, describePacketCiphers, randomKeys } from './packet-cipher.suite.js';
import { referenceGcm, referencePoly1305 } from './reference.suite.js';

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex');
const js = selectCrypto('js');
const best = selectCrypto('auto');

describe('the reference implementations', () => {
  it('agree with test cases 4 and 16 of the GCM specification', () => {
    const nonce = hex('cafebabefacedbaddecaf888');
    const aad = hex('feedfacedeadbeeffeedfacedeadbeefabaddad2');
    const plaintext = hex(
      'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
    );
    const short = referenceGcm(hex('feffe9928665731c6d6a8f9467308308'), nonce, aad, plaintext);
    expect(short.tag).toEqual(hex('5bc94fbc3221a5db94fae95ae7121a47'));
    const long = referenceGcm(hex('feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308'), nonce, aad, plaintext);
    expect(long.tag).toEqual(hex('76fc6ece0f4e1768cddf8853bb2d551b'));
  });

  it('agree with RFC 8439 §2.5.2 on Poly1305', () => {
    const key = hex('85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b');
    expect(referencePoly1305(key, Buffer.from('Cryptographic Forum Research Group'))).toEqual(hex('a8061dc1305136c6c22b8baf0c0127a9'));
  });
});

describe('packet MACs', () => {
  const mac = (name: 'hmac-sha2-256' | 'hmac-sha2-512' | 'hmac-sha1', macKey: Buffer) =>
    new PacketMac({ cipher: 'aes128-ctr', mac: name, macKey, key: hex(''), iv: hex('') });
  const data = Buffer.from('Hi There');

  it('agree with RFC 4231 and RFC 2202, taking the first four bytes as the sequence number', () => {
    const compute = (name: Parameters<typeof mac>[0]) => mac(name, Buffer.alloc(20, 0x0b)).compute(data.readUInt32BE(0), data.subarray(4));
    expect(compute('hmac-sha2-256')).toEqual(hex('b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'));
    expect(compute('hmac-sha2-512')).toEqual(
      hex(
        '87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854',
      ),
    );
    expect(compute('hmac-sha1')).toEqual(hex('b617318655057264e28bc0b6fb378c8ef146be00'));
  });
});

describePacketCiphers(js);
if (best.name === 'native') {
  describePacketCiphers(best);
  describeAgreement(best, js);
  describeAgreement(js, best);
  describeAgreement(best, best);
}

describe('packets before the first key exchange', () => {
  it('are unencrypted, in blocks of eight', () => {
    const buffer = Buffer.alloc(24);
    buffer[PAYLOAD_OFFSET] = 21;
    expect(plainSealer().sealedLength(1)).toBe(16);
    expect(plainSealer().seal(buffer, 0, 1, 0)).toBe(16);
    expect(buffer.readUInt32BE(0)).toBe(12);
    const opener = plainOpener();
    expect(opener.open(buffer, 0, opener.readLength(buffer, 0, 0), 0)).toBe(1);
  });

  it('are refused with an impossible length or padding', () => {
    const opener = plainOpener();
    const packet = Buffer.alloc(64);
    for (const length of [0, 8, 11, 13, MAX_PACKET_LENGTH + 4, 0xffffffff]) {
      packet.writeUInt32BE(length);
      expect(() => opener.readLength(packet, 0, 0)).toThrow('Bad packet length');
    }
    packet.writeUInt32BE(12);
    for (const padding of [0, 3, 11, 12, 255]) {
      packet[4] = padding;
      expect(() => opener.open(packet, 0, 12, 0)).toThrow('Bad padding length');
    }
  });
});

describe('selectCrypto', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-addon-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('reports the active implementation and the reason for it', () => {
    expect(js.description).toContain('pure JavaScript');
    expect(selectCrypto('auto', join(folder, 'missing.node'))).toMatchObject({
      name: 'js',
      description: expect.stringContaining('not built'),
    });
  });

  it('falls back to JavaScript if the addon does not load, and throws if native is required', () => {
    const broken = join(folder, 'broken.node');
    writeFileSync(broken, 'not a library');
    expect(selectCrypto('auto', broken)).toMatchObject({ name: 'js', description: expect.stringContaining('does not load') });
    expect(() => selectCrypto('native', broken)).toThrow('does not load');
  });

  it('offers AES-GCM first, and chacha20-poly1305 only natively', () => {
    expect(js.ciphers[0]).toBe('aes256-gcm@openssh.com');
    expect(js.ciphers).not.toContain('chacha20-poly1305@openssh.com');
    expect(() => js.createSealer(randomKeys('chacha20-poly1305@openssh.com'))).toThrow('needs the native crypto addon');
    for (const provider of [js, best]) expect([...provider.ciphers, ...provider.macs].join()).not.toMatch(/cbc|sha1/);
  });
});
