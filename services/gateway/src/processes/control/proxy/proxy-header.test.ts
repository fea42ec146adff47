import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseProxyHeader } from './proxy-header.js';

const line = (text: string): Buffer => Buffer.from(`${text}\r\n`);
const SIGNATURE = '0d0a0d0a000d0a515549540a';
const binary = (command: number, family: number, body: Buffer): Buffer => {
  const fixed = Buffer.from(`${SIGNATURE}00000000`, 'hex');
  fixed.writeUInt8(command, 12);
  fixed.writeUInt8(family, 13);
  fixed.writeUInt16BE(body.length, 14);
  return Buffer.concat([fixed, body]);
};
const tcp4 = Buffer.from([203, 0, 113, 9, 192, 0, 2, 1, 0xc3, 0x50, 0x00, 0x16]);
const tcp6 = Buffer.from(`20010db8${'0'.repeat(22)}07${'f'.repeat(32)}c3500016`, 'hex');
const mapped = Buffer.from(`${'0'.repeat(20)}ffffcb007109${'0'.repeat(20)}ffffc0000201c3500016`, 'hex');
const tlv = Buffer.from([0x04, 0x00, 0x02, 0xaa, 0xbb]);

const right: [string, Buffer, string | undefined][] = [
  ['TCP4', line('PROXY TCP4 203.0.113.9 192.0.2.1 50000 22'), '203.0.113.9'],
  ['TCP6', line('PROXY TCP6 2001:DB8:0:0::7 2001:db8::1 50000 22'), '2001:db8::7'],
  ['UNKNOWN', line('PROXY UNKNOWN'), undefined],
  ['UNKNOWN with addresses', line('PROXY UNKNOWN ffff::1 ffff::2 1 2'), undefined],
  ['v2 TCP4', binary(0x21, 0x11, tcp4), '203.0.113.9'],
  ['v2 TCP4 with extensions', binary(0x21, 0x11, Buffer.concat([tcp4, tlv, tlv])), '203.0.113.9'],
  ['v2 TCP6', binary(0x21, 0x21, tcp6), '2001:db8::7'],
  ['v2 TCP6 of an IPv4 address', binary(0x21, 0x21, mapped), '203.0.113.9'],
  ['v2 UNSPEC', binary(0x21, 0x00, tlv), undefined],
  ['v2 LOCAL', binary(0x20, 0x00, Buffer.alloc(0)), undefined],
  ['v2 LOCAL with an address, which does not count', binary(0x20, 0x11, tcp4), undefined],
];

describe('a PROXY header', () => {
  it.each(right)('%s is read, also byte by byte, and what follows is left', (_, header, client) => {
    const more = Buffer.concat([header, Buffer.from('SSH-2.0-x\r\n')]);
    expect(parseProxyHeader(more)).toEqual({ state: 'complete', length: header.length, client });
    for (let bytes = 0; bytes < header.length; bytes++)
      expect(parseProxyHeader(more.subarray(0, bytes)), `${bytes} bytes`).toEqual({ state: 'more' });
  });

  it.each([
    ['SSH', Buffer.from('SSH-2.0-OpenSSH_9.2\r\n')],
    ['lower case', line('proxy TCP4 203.0.113.9 192.0.2.1 50000 22')],
    ['another family', line('PROXY UDP4 203.0.113.9 192.0.2.1 50000 22')],
    ['IPv6 as TCP4', line('PROXY TCP4 2001:db8::7 2001:db8::1 50000 22')],
    ['IPv4 as TCP6', line('PROXY TCP6 203.0.113.9 192.0.2.1 50000 22')],
    ['a zone', line('PROXY TCP6 fe80::1%eth0 fe80::2 50000 22')],
    ['a leading zero', line('PROXY TCP4 203.0.113.09 192.0.2.1 50000 22')],
    ['a port too high', line('PROXY TCP4 203.0.113.9 192.0.2.1 65536 22')],
    ['a port with a sign', line('PROXY TCP4 203.0.113.9 192.0.2.1 +500 22')],
    ['two spaces', line('PROXY TCP4  203.0.113.9 192.0.2.1 50000 22')],
    ['a field too many', line('PROXY TCP4 203.0.113.9 192.0.2.1 50000 22 1')],
    ['a field too few', line('PROXY TCP4 203.0.113.9 192.0.2.1 50000')],
    ['a line without end', Buffer.from(`PROXY UNKNOWN ${'x'.repeat(100)}`)],
    ['an end behind the longest line', line(`PROXY UNKNOWN ${'x'.repeat(92)}`)],
    ['version 1 in the binary form', binary(0x11, 0x11, tcp4)],
    ['an unknown command', binary(0x22, 0x11, tcp4)],
    ['UDP', binary(0x21, 0x12, tcp4)],
    ['a Unix socket', binary(0x21, 0x31, Buffer.alloc(216))],
    ['an address that is cut', binary(0x21, 0x11, tcp4.subarray(0, 11))],
    ['an IPv6 address that is cut', binary(0x21, 0x21, tcp6.subarray(0, 35))],
    ['too many extensions', binary(0x21, 0x11, Buffer.alloc(4_081))],
  ])('%s is invalid', (_, bytes) => {
    expect(parseProxyHeader(bytes)).toEqual({ state: 'invalid' });
  });

  it('of any bytes is decided within its bound, and never throws', () => {
    const seeds = right.map(([, header]) => header);
    for (let round = 0; round < 20_000; round++) {
      const bytes = Buffer.concat([seeds[round % seeds.length]!, randomBytes(8)]);
      for (let flips = round % 4; flips >= 0; flips--) bytes.writeUInt8(randomBytes(1)[0]!, Math.floor(Math.random() * bytes.length));
      const header = parseProxyHeader(bytes);
      if (header.state === 'complete') expect(header.length).toBeLessThanOrEqual(bytes.length);
      else if (header.state === 'more') expect(parseProxyHeader(Buffer.concat([bytes, Buffer.alloc(4_096)])).state).not.toBe('more');
    }
  });
});
