import { describe, expect, it } from 'vitest';
import { plainOpener, plainSealer, selectCrypto, type PacketOpener, type PacketSealer } from '../crypto/index.js';
import { PacketReader } from './packet-reader.js';

const keys = { cipher: 'aes128-gcm@openssh.com' as const, key: Buffer.alloc(16, 7), iv: Buffer.alloc(12, 1) };

const ciphers: [string, () => [PacketSealer, PacketOpener]][] = [
  ['no cipher', () => [plainSealer(), plainOpener()]],
  ['aes128-gcm, active implementation', () => [selectCrypto().createSealer(keys), selectCrypto().createOpener(keys)]],
  ['aes128-gcm, JavaScript', () => [selectCrypto('js').createSealer(keys), selectCrypto('js').createOpener(keys)]],
];

const payloads = ['a', 'hello', 'x'.repeat(100), 'y'.repeat(5000), 'z'].map((text) => Buffer.from(text));

const sealAll = (sealer: PacketSealer): Buffer =>
  Buffer.concat(
    payloads.map((payload, sequence) => {
      const place = Buffer.alloc(sealer.sealedLength(payload.length));
      payload.copy(place, 5);
      sealer.seal(place, 0, payload.length, sequence);
      return place;
    }),
  );

describe.each(ciphers)('a packet reader with %s', (_name, make) => {
  it.each([1, 3, 7, 16, 64, 4096, 100_000])('finds the same packets in chunks of %i bytes', (size) => {
    const [sealer, opener] = make();
    const bytes = sealAll(sealer);
    const seen: Buffer[] = [];
    const reader = new PacketReader(opener, (payload) => seen.push(Buffer.from(payload)));
    for (let start = 0; start < bytes.length; start += size) reader.push(Buffer.from(bytes.subarray(start, start + size)));
    expect(seen).toEqual(payloads);
  });

  it('passes on no packet while it is held, and loses none', () => {
    const [sealer, opener] = make();
    const bytes = sealAll(sealer);
    const seen: string[] = [];
    const reader: PacketReader = new PacketReader(opener, (payload) => {
      seen.push(payload.toString());
      reader.hold();
    });
    reader.push(bytes.subarray(0, 200));
    reader.push(bytes.subarray(200));
    for (const count of [1, 2, 3, 4, 5]) {
      expect(seen).toHaveLength(count);
      reader.release();
      reader.run();
    }
    expect(seen).toEqual(payloads.map(String));
  });

  it('copies waiting packets before the memory of their chunk is used again', () => {
    const [sealer, opener] = make();
    const bytes = sealAll(sealer);
    const seen: string[] = [];
    const shared = Buffer.alloc(1000);
    const reader: PacketReader = new PacketReader(opener, (payload) => {
      seen.push(payload.toString());
      if (seen.length !== 3) reader.hold();
    });
    for (let start = 0; start < bytes.length; start += shared.length) {
      const taken = bytes.copy(shared, 0, start);
      reader.push(shared.subarray(0, taken));
      reader.keepRest();
      shared.fill(0xee);
    }
    for (const count of [1, 2, 4, 5]) {
      expect(seen).toHaveLength(count);
      reader.release();
      reader.run();
    }
    expect(seen).toEqual(payloads.map(String));
  });

  it('refuses a packet that was modified', () => {
    const [sealer, opener] = make();
    const bytes = sealAll(sealer);
    bytes[4] = bytes[4]! ^ 0xff;
    const reader = new PacketReader(opener, () => undefined);
    expect(() => reader.push(bytes)).toThrow(/integrity check failed|Bad padding length/);
  });
});
