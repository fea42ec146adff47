/** The tests that every implementation of the packet ciphers must pass; packet-cipher.test.ts runs them once per provider. */
import { randomBytes, randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DisconnectReason, SshProtocolError } from '../wire/index.js';
import {
  canReseal,
  CIPHERS,
  MACS,
  MAX_PACKET_LENGTH,
  PAYLOAD_OFFSET,
  type CipherName,
  type CryptoProvider,
  type MacName,
  type PacketKeys,
} from './index.js';
import { referenceChachaPacket, referenceGcm } from './reference.suite.js';

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex');

/** Returns random keys for a cipher; the same object serves both ends. */
export const randomKeys = (cipher: CipherName, mac?: MacName): PacketKeys => ({
  cipher,
  mac,
  key: randomBytes(CIPHERS[cipher].keyLength),
  iv: randomBytes(CIPHERS[cipher].ivLength),
  macKey: mac === undefined ? undefined : randomBytes(MACS[mac].keyLength),
});

/** Returns every pair of cipher and MAC that a provider offers. */
export const suitesOf = (provider: CryptoProvider): [CipherName, MacName | undefined][] =>
  [...provider.ciphers, ...provider.legacyCiphers].flatMap((cipher): [CipherName, MacName | undefined][] =>
    CIPHERS[cipher].isAead ? [[cipher, undefined]] : [...provider.macs, ...provider.legacyMacs].map((mac) => [cipher, mac]),
  );

const place = (payload: Buffer, size: number, offset = 0): Buffer => {
  const buffer = Buffer.alloc(offset + size, 0xee);
  payload.copy(buffer, offset + PAYLOAD_OFFSET);
  return buffer;
};

const reasonOf = (attempt: () => unknown): DisconnectReason | undefined => {
  try {
    attempt();
    return undefined;
  } catch (error) {
    if (error instanceof SshProtocolError) return error.reason;
    throw error;
  }
};

/** Encrypts one payload and returns the packet. */
const sealOne = (provider: CryptoProvider, keys: PacketKeys, payload: Buffer, sequence = 0): Buffer => {
  const sealer = provider.createSealer(keys);
  const buffer = place(payload, sealer.sealedLength(payload.length));
  sealer.seal(buffer, 0, payload.length, sequence);
  return buffer;
};

/** Decrypts a packet as a transport does. */
const openOne = (provider: CryptoProvider, keys: PacketKeys, packet: Buffer, sequence = 0): Buffer => {
  const opener = provider.createOpener(keys);
  const length = opener.readLength(packet, 0, sequence);
  if (4 + length + opener.tagLength > packet.length) throw SshProtocolError.badMac();
  return packet.subarray(PAYLOAD_OFFSET, PAYLOAD_OFFSET + opener.open(packet, 0, length, sequence));
};

/** Tests that one provider decrypts the packets of the other, in one long stream. */
export const describeAgreement = (one: CryptoProvider, other: CryptoProvider): void => {
  describe.each(suitesOf(other).filter(([cipher]) => one.ciphers.includes(cipher)))(
    `${one.name} encrypts, ${other.name} decrypts: %s %s`,
    (cipher, mac) => {
      it('returns 300 random payloads in a row', () => {
        const keys = randomKeys(cipher, mac);
        const [sealer, opener] = [one.createSealer(keys), other.createOpener(keys)];
        for (let sequence = 0xffffff00; sequence < 0xffffff00 + 300; sequence += 1) {
          const payload = randomBytes(randomInt(1, sequence % 50 === 0 ? 40_000 : 600));
          const buffer = place(payload, sealer.sealedLength(payload.length));
          sealer.seal(buffer, 0, payload.length, sequence >>> 0);
          const length = opener.readLength(buffer, 0, sequence >>> 0);
          expect(4 + length + opener.tagLength).toBe(buffer.length);
          expect(opener.open(buffer, 0, length, sequence >>> 0)).toBe(payload.length);
          expect(buffer.subarray(PAYLOAD_OFFSET, PAYLOAD_OFFSET + payload.length).equals(payload)).toBe(true);
        }
      });
    },
  );
};

export const describePacketCiphers = (provider: CryptoProvider): void => {
  describe(`${provider.name}: published vectors`, () => {
    const plaintext = hex(
      '6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51 30c81c46a35ce411e5fbc1191a0a52ef f69f2445df4f9b17ad2b417be66c3710',
    );
    const ctrIv = hex('f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff');
    const CTR = [
      [
        'aes128-ctr',
        '2b7e151628aed2a6abf7158809cf4f3c',
        '874d6191b620e3261bef6864990db6ce 9806f66b7970fdff8617187bb9fffdff 5ae4df3edbd5d35e5b4f09020db03eab 1e031dda2fbe03d1792170a0f3009cee',
      ],
      [
        'aes192-ctr',
        '8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b',
        '1abc932417521ca24f2b0459fe7e6e0b 090339ec0aa6faefd5ccc2c6f4ce8e94 1e36b26bd1ebc670d1bd1d665620abf7 4f78a7f6d29809585a97daec58c6b050',
      ],
      [
        'aes256-ctr',
        '603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4',
        '601ec313775789a5b7a7f504bbf3d228 f443e3ca4d62b59aca84e990cacaf5c5 2b0930daa23de94ce87017ba2d84988d dfc9c58db67aada613c2dd08457941a6',
      ],
    ] as const;

    it.each(CTR)('%s encrypts SP 800-38A F.5 as NIST does', (cipher, key, ciphertext) => {
      const mac = 'hmac-sha2-256-etm@openssh.com';
      const sealer = provider.createSealer({ cipher, mac, key: hex(key), iv: ctrIv, macKey: Buffer.alloc(32) });
      const buffer = Buffer.concat([Buffer.alloc(4), plaintext, Buffer.alloc(32)]);
      buffer.writeUInt32BE(plaintext.length);
      sealer.reseal(buffer, 0, plaintext.length, buffer, 0, 0);
      expect(buffer.subarray(4, 68)).toEqual(hex(ciphertext));
    });

    it('aes256-cbc encrypts SP 800-38A F.2.5 as NIST does', () => {
      const key = hex('603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4');
      const sealer = provider.createSealer({
        cipher: 'aes256-cbc',
        mac: 'hmac-sha1',
        key,
        iv: hex('000102030405060708090a0b0c0d0e0f'),
        macKey: Buffer.alloc(20),
      });
      const buffer = Buffer.concat([plaintext, Buffer.alloc(20)]);
      sealer.reseal(buffer, 0, plaintext.length - 4, buffer, 0, 0);
      const expected = hex(
        'f58c4c04d6e5f1ba779eabfb5f7bfbd6 9cfc4e967edb808d679f777bc6702c7d 39f23369a9d9bacfa530e26304231461 b2eb05e2c39be9fcda6c19078c6a9d1b',
      );
      expect(buffer.subarray(0, 64)).toEqual(expected);
    });

    it.each(['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com'] as const)(
      '%s encrypts as SP 800-38D, with a nonce counter that carries',
      (cipher) => {
        const keys = { ...randomKeys(cipher), iv: hex('01020304 ffffffffffffffff') };
        const sealer = provider.createSealer(keys);
        for (const nonce of [keys.iv, hex('01020304 0000000000000000'), hex('01020304 0000000000000001')]) {
          const clear = Buffer.concat([hex('00000050'), randomBytes(80), Buffer.alloc(16)]);
          const { ciphertext, tag } = referenceGcm(keys.key, nonce, clear.subarray(0, 4), Buffer.from(clear.subarray(4, 84)));
          sealer.reseal(clear, 0, 80, clear, 0, 0);
          expect(clear).toEqual(Buffer.concat([hex('00000050'), ciphertext, tag]));
        }
      },
    );

    it('chacha20-poly1305@openssh.com encrypts as PROTOCOL.chacha20poly1305, or is not offered', () => {
      if (!provider.ciphers.includes('chacha20-poly1305@openssh.com')) return expect(provider.name).not.toBe('native');
      const keys = randomKeys('chacha20-poly1305@openssh.com');
      const sealer = provider.createSealer(keys);
      for (const sequence of [0, 1, 0x01020304, 0xffffffff]) {
        const clear = Buffer.concat([hex('00000088'), randomBytes(136)]);
        const buffer = Buffer.concat([clear, Buffer.alloc(16)]);
        sealer.reseal(buffer, 0, 136, buffer, 0, sequence);
        expect(buffer).toEqual(referenceChachaPacket(keys.key, sequence, clear));
      }
    });
  });

  describe.each(suitesOf(provider))(`${provider.name}: %s %s`, (cipher, mac) => {
    it('uses the layout of RFC 4253 §6 for every payload length up to three blocks', () => {
      for (let length = 1; length <= 48; length += 1) {
        const keys = randomKeys(cipher, mac);
        const payload = randomBytes(length);
        const packet = sealOne(provider, keys, payload);
        const opener = provider.createOpener(keys);
        const packetLength = opener.readLength(packet, 0, 0);
        expect(openOne(provider, keys, packet).equals(payload)).toBe(true);
        expect(packet.readUInt32BE(0)).toBe(packetLength);
        const padding = packet[4]!;
        expect(padding).toBeGreaterThanOrEqual(4);
        expect(1 + length + padding).toBe(packetLength);
        expect((packetLength + (opener.padsLength ? 4 : 0)) % opener.blockSize).toBe(0);
        expect(packetLength).toBeGreaterThanOrEqual(opener.blockSize === 8 ? 8 : 12);
      }
    });

    it('writes only to its part of the buffer', () => {
      const keys = randomKeys(cipher, mac);
      const payload = randomBytes(100);
      const [sealer, opener] = [provider.createSealer(keys), provider.createOpener(keys)];
      const size = sealer.sealedLength(100);
      const buffer = Buffer.concat([place(payload, size, 37), Buffer.alloc(50, 0xee)]);
      expect(sealer.seal(buffer, 37, 100, 9)).toBe(size);
      opener.open(buffer, 37, opener.readLength(buffer, 37, 9), 9);
      expect(buffer.subarray(42, 142).equals(payload)).toBe(true);
      expect([...buffer.subarray(0, 37), ...buffer.subarray(37 + size)].every((byte) => byte === 0xee)).toBe(true);
    });

    it('refuses a packet with any changed bit', () => {
      const keys = randomKeys(cipher, mac);
      const packet = sealOne(provider, keys, randomBytes(60));
      for (let at = 0; at < packet.length; at += 1) {
        const forged = Buffer.from(packet);
        forged[at]! ^= 1 << (at % 8);
        expect([DisconnectReason.MAC_ERROR, DisconnectReason.PROTOCOL_ERROR]).toContain(reasonOf(() => openOne(provider, keys, forged)));
      }
    });

    it('reports MAC_ERROR when only the tag is wrong', () => {
      const keys = randomKeys(cipher, mac);
      const packet = sealOne(provider, keys, randomBytes(60));
      packet[packet.length - 1]! ^= 0x80;
      expect(reasonOf(() => openOne(provider, keys, packet))).toBe(DisconnectReason.MAC_ERROR);
    });

    it('refuses a packet that is replayed, and one that is out of order', () => {
      const keys = randomKeys(cipher, mac);
      const [sealer, opener] = [provider.createSealer(keys), provider.createOpener(keys)];
      const [first, second] = [0, 1].map((sequence) => {
        const buffer = place(randomBytes(40), sealer.sealedLength(40));
        sealer.seal(buffer, 0, 40, sequence);
        return buffer;
      }) as [Buffer, Buffer];
      expect(reasonOf(() => openOne(provider, keys, Buffer.from(second)))).toBeDefined();
      const replay = Buffer.from(first);
      opener.open(first, 0, opener.readLength(first, 0, 0), 0);
      expect(
        reasonOf(() => {
          const length = opener.readLength(replay, 0, 1);
          opener.open(Buffer.concat([replay, Buffer.alloc(MAX_PACKET_LENGTH)]), 0, length, 1);
        }),
      ).toBeDefined();
    });

    it('uses new random padding for every packet', () => {
      const keys = randomKeys(cipher, mac);
      const clear = [0, 1].map(() => {
        const packet = sealOne(provider, keys, Buffer.alloc(30));
        openOne(provider, keys, packet);
        return packet.subarray(35, 39).toString('hex');
      });
      expect(clear[0]).not.toBe(clear[1]);
    });

    it('refuses positions outside the buffer, oversized packets and calls after dispose', () => {
      const keys = randomKeys(cipher, mac);
      const [sealer, opener] = [provider.createSealer(keys), provider.createOpener(keys)];
      const size = sealer.sealedLength(32);
      for (const [offset, room] of [
        [0, size - 1],
        [1, size],
        [-1, size + 8],
        [2 ** 32, size],
      ] as const) {
        expect(() => sealer.seal(Buffer.alloc(room), offset, 32, 0)).toThrow(RangeError);
        expect(() => opener.open(Buffer.alloc(room), offset, size - 4 - sealer.tagLength, 0)).toThrow(RangeError);
      }
      expect(() => sealer.seal(Buffer.alloc(MAX_PACKET_LENGTH + 400), 0, MAX_PACKET_LENGTH, 0)).toThrow(RangeError);
      expect(() => sealer.seal(Buffer.alloc(size), 0, 0, 0)).toThrow(RangeError);
      for (const used of [sealer, opener]) {
        used.dispose();
        used.dispose();
      }
      expect(() => sealer.seal(Buffer.alloc(size), 0, 32, 0)).toThrow();
      expect(() => opener.open(Buffer.alloc(size), 0, size - 4 - opener.tagLength, 0)).toThrow();
    });

    it('refuses keys that are too short or too long', () => {
      const keys = randomKeys(cipher, mac);
      const wrong: PacketKeys[] = [
        { ...keys, key: keys.key.subarray(1) },
        { ...keys, iv: Buffer.concat([keys.iv, Buffer.alloc(1)]) },
      ];
      if (mac !== undefined)
        wrong.push({ ...keys, macKey: undefined }, { ...keys, macKey: keys.macKey!.subarray(1) }, { ...keys, mac: undefined });
      for (const bad of wrong) {
        expect(() => provider.createSealer(bad)).toThrow(RangeError);
        expect(() => provider.createOpener(bad)).toThrow(RangeError);
      }
    });
  });

  describe(`${provider.name}: hostile packet lengths`, () => {
    const clearLengths = suitesOf(provider).filter(([cipher, mac]) => cipher.includes('gcm') || mac?.includes('etm') === true);

    it.each(clearLengths)('of %s %s are refused before another byte is read', (cipher, mac) => {
      const opener = provider.createOpener(randomKeys(cipher, mac));
      const header = Buffer.alloc(16);
      for (const length of [
        0,
        1,
        4,
        5,
        opener.blockSize - 1,
        opener.blockSize + 1,
        35_001,
        MAX_PACKET_LENGTH + opener.blockSize,
        0x7fffffff,
        0xffffffff,
      ]) {
        header.writeUInt32BE(length);
        expect(reasonOf(() => opener.readLength(header, 0, 0))).toBe(DisconnectReason.PROTOCOL_ERROR);
      }
    });

    it('of a CBC cipher are not reported to the peer: it has to send a whole packet, and then the MAC fails', () => {
      const keys = randomKeys('aes128-cbc', 'hmac-sha1');
      const opener = provider.createOpener(keys);
      const garbage = Buffer.concat([
        sealOne(provider, randomKeys('aes128-cbc', 'hmac-sha1'), randomBytes(40)),
        Buffer.alloc(MAX_PACKET_LENGTH),
      ]);
      expect(opener.readLength(garbage, 0, 0)).toBe(MAX_PACKET_LENGTH);
      expect(opener.readLength(garbage, 0, 0)).toBe(MAX_PACKET_LENGTH);
      expect(reasonOf(() => opener.open(garbage, 0, MAX_PACKET_LENGTH, 0))).toBe(DisconnectReason.MAC_ERROR);
    });
  });

  describe(`${provider.name}: relay`, () => {
    const modern = suitesOf(provider).filter(([cipher, mac]) => !CIPHERS[cipher].isLegacy && (mac === undefined || !MACS[mac].isLegacy));
    const pairs = modern.flatMap(([cipher, mac]) =>
      modern
        .filter(([toCipher, toMac]) =>
          canReseal(provider.createOpener(randomKeys(cipher, mac)), provider.createSealer(randomKeys(toCipher, toMac))),
        )
        .map(([toCipher, toMac]) => [cipher, mac, toCipher, toMac] as const),
    );

    it.each(pairs)('%s %s → %s %s encrypts packets again, in place and to another buffer', (cipher, mac, toCipher, toMac) => {
      const [inKeys, outKeys] = [randomKeys(cipher, mac), randomKeys(toCipher, toMac)];
      const [opener, sealer] = [provider.createOpener(inKeys), provider.createSealer(outKeys)];
      const payload = randomBytes(777);
      const chunk = sealOne(provider, inKeys, payload);
      const length = opener.readLength(chunk, 0, 0);
      opener.open(chunk, 0, length, 0);
      chunk.writeUInt32BE(0xcafe, PAYLOAD_OFFSET + 1);
      payload.writeUInt32BE(0xcafe, 1);
      const elsewhere = Buffer.alloc(chunk.length + 20);
      expect(provider.createSealer(outKeys).reseal(chunk, 0, length, elsewhere, 10, 0)).toBe(chunk.length);
      expect(openOne(provider, outKeys, Buffer.from(elsewhere.subarray(10, 10 + chunk.length))).equals(payload)).toBe(true);
      expect([...elsewhere.subarray(0, 10), ...elsewhere.subarray(-10)].every((byte) => byte === 0)).toBe(true);
      expect(sealer.reseal(chunk, 0, length, chunk, 0, 0)).toBe(chunk.length);
      expect(openOne(provider, outKeys, chunk).equals(payload)).toBe(true);
    });

    it('is possible between equal packet layouts and impossible where a tag would not fit', () => {
      const framing = (cipher: CipherName, mac?: MacName) => provider.createOpener(randomKeys(cipher, mac));
      const [gcm128, gcm256] = [framing('aes128-gcm@openssh.com'), framing('aes256-gcm@openssh.com')];
      const etm = framing('aes256-ctr', 'hmac-sha2-256-etm@openssh.com');
      expect(canReseal(gcm128, gcm256)).toBe(true);
      expect(canReseal(etm, framing('aes128-ctr', 'hmac-sha2-256-etm@openssh.com'))).toBe(true);
      expect(canReseal(etm, gcm256)).toBe(false);
      expect(canReseal(gcm256, etm)).toBe(false);
      expect(canReseal(framing('aes256-ctr', 'hmac-sha2-256'), framing('aes256-ctr', 'hmac-sha2-256'))).toBe(false);
    });
  });
};
