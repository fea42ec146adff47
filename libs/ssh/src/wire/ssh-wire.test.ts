import { describe, expect, it } from 'vitest';
import { DisconnectReason, SshProtocolError, SshReader, SshWriter } from './index.js';

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex');
const refusal = expect.objectContaining({ name: 'SshProtocolError', reason: DisconnectReason.PROTOCOL_ERROR });

const thrownBy = (attempt: () => unknown): unknown => {
  try {
    return attempt();
  } catch (error) {
    return error;
  }
};

describe('the examples of RFC 4251 §5', () => {
  it.each([
    ['', '00000000'],
    ['09a378f9b2e332a7', '00000008 09a378f9b2e332a7'],
    ['80', '00000002 0080'],
    ['00000080', '00000002 0080'],
  ])('mpint %s is written as %s and read back', (magnitude, encoded) => {
    expect(new SshWriter().writeMpint(hex(magnitude)).finish()).toEqual(hex(encoded));
    expect(new SshReader(hex(encoded)).readMpint().toString('hex')).toBe(magnitude.replace(/^(00)+/, ''));
  });

  it.each(['00000002 edcc', '00000005 ff21524111'])('negative mpint %s is refused', (encoded) => {
    expect(thrownBy(() => new SshReader(hex(encoded)).readMpint())).toEqual(refusal);
  });

  it.each([
    [[], '00000000'],
    [['zlib'], '00000004 7a6c6962'],
    [['zlib', 'none'], '00000009 7a6c69622c6e6f6e65'],
  ])('name-list %j is written as %s and read back', (names, encoded) => {
    expect(new SshWriter().writeNameList(names).finish()).toEqual(hex(encoded));
    expect(new SshReader(hex(encoded)).readNameList()).toEqual(names);
  });

  it('uint32, uint64, string and boolean are written and read back', () => {
    const bytes = new SshWriter(1)
      .writeUint32(699921578)
      .writeUint64(2n ** 64n - 2n)
      .writeString('testing')
      .writeBoolean(true)
      .writeBoolean(false)
      .writeByte(7)
      .finish();
    expect(bytes).toEqual(hex('29b7f4aa fffffffffffffffe 00000007 74657374696e67 01 00 07'));
    const reader = new SshReader(bytes);
    expect([
      reader.readUint32(),
      reader.readUint64(),
      reader.readUtf8(),
      reader.readBoolean(),
      reader.readBoolean(),
      reader.readByte(),
    ]).toEqual([699921578, 2n ** 64n - 2n, 'testing', true, false, 7]);
    reader.expectEnd();
  });
});

describe('SshReader', () => {
  const reads: [string, (reader: SshReader) => unknown][] = [
    ['byte', (reader) => reader.readByte()],
    ['uint32', (reader) => reader.readUint32()],
    ['uint64', (reader) => reader.readUint64()],
    ['string', (reader) => reader.readString()],
    ['UTF-8', (reader) => reader.readUtf8()],
    ['ASCII', (reader) => reader.readAscii()],
    ['name-list', (reader) => reader.readNameList()],
    ['mpint', (reader) => reader.readMpint()],
    ['bytes', (reader) => reader.readBytes(9)],
  ];

  it.each(reads)('refuses a truncated %s, at every length', (_, read) => {
    const whole = hex('00000004 61626364 00');
    for (let length = 0; length < 8; length += 1) {
      const reader = new SshReader(whole, 0, length);
      const result = thrownBy(() => read(reader));
      if (result instanceof Error) expect(result).toEqual(refusal);
      expect(reader.offset).toBeLessThanOrEqual(length);
    }
    expect(thrownBy(() => read(new SshReader(whole, 0, 0)))).toEqual(refusal);
  });

  it('refuses a length of 4 GiB without reading past its end', () => {
    for (const [, read] of reads.filter(([name]) => /string|UTF|ASCII|list|mpint/.test(name))) {
      expect(thrownBy(() => read(new SshReader(hex('ffffffff 61'))))).toEqual(refusal);
    }
  });

  it('returns views into the message, not copies', () => {
    const message = hex('00000002 6162');
    const view = new SshReader(message).readString();
    message[4] = 0x7a;
    expect(view.toString()).toBe('zb');
  });

  it('never reads beyond its range', () => {
    const buffer = hex('0000000461626364ffff');
    expect(thrownBy(() => new SshReader(buffer, 0, 7).readString())).toEqual(refusal);
    expect(() => new SshReader(buffer, 8, 3)).toThrow(RangeError);
    expect(new SshReader(buffer, 4, 4).readRest().toString()).toBe('abcd');
  });

  it('refuses names that are empty, too long, too many or not printable ASCII', () => {
    const list = (text: string) => new SshReader(new SshWriter().writeString(text).finish());
    for (const text of [',a', 'a,', 'a,,b', 'x'.repeat(65), Array(600).fill('a').join(','), 'a\u0000b', 'grün', 'a'.repeat(20_000)]) {
      expect(thrownBy(() => list(text).readNameList())).toEqual(refusal);
    }
    expect(list('x'.repeat(64)).readNameList()).toHaveLength(1);
  });

  it('refuses invalid UTF-8 instead of replacing it', () => {
    for (const bytes of ['c3', 'eda080', 'f4908080', 'c0af', 'ff']) {
      expect(thrownBy(() => new SshReader(new SshWriter().writeString(hex(bytes)).finish()).readUtf8())).toEqual(refusal);
    }
  });

  it('obeys the limits of its caller', () => {
    const bytes = new SshWriter().writeString('abcde').finish();
    expect(thrownBy(() => new SshReader(bytes).readString(4))).toEqual(refusal);
    expect(new SshReader(bytes).readString(5)).toHaveLength(5);
    expect(thrownBy(() => new SshReader(new SshWriter().writeMpint(Buffer.alloc(2049, 1)).finish()).readMpint())).toEqual(refusal);
  });

  it('reports bytes after the end of a message', () => {
    const reader = new SshReader(hex('0001'));
    reader.readByte();
    expect(() => reader.expectEnd()).toThrow(SshProtocolError);
  });
});

describe('SshWriter', () => {
  it('writes into a slab without touching other bytes, and not past its end', () => {
    const slab = Buffer.alloc(12, 0xee);
    expect(SshWriter.into(slab, 4).writeUint32(1).finish()).toEqual(hex('00000001'));
    expect(slab).toEqual(hex('eeeeeeee00000001eeeeeeee'));
    expect(() => SshWriter.into(slab, 8).writeString('x')).toThrow(RangeError);
  });

  it('grows from a small capacity', () => {
    const text = 'y'.repeat(5000);
    expect(new SshReader(new SshWriter(1).writeString(text).finish()).readUtf8()).toBe(text);
  });
});
