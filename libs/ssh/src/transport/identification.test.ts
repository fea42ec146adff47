import { describe, expect, it } from 'vitest';
import { formatIdentification, IdentificationScanner } from './identification.js';

const scan = (text: string, allowsPreface = false) => new IdentificationScanner(allowsPreface).scan(Buffer.from(text, 'latin1'));

describe('the identification exchange', () => {
  it('finds the line and the first byte after it, with CR LF or LF alone', () => {
    expect(scan('SSH-2.0-OpenSSH_9.2p1 Debian\r\nxyz')).toEqual({ line: 'SSH-2.0-OpenSSH_9.2p1 Debian', packetsFrom: 30 });
    expect(scan('SSH-1.99-old\n')).toEqual({ line: 'SSH-1.99-old', packetsFrom: 13 });
  });

  it('assembles a line that arrives byte by byte', () => {
    const scanner = new IdentificationScanner(false);
    const parts = [...'SSH-2.0-slow\r\n'].map((byte) => scanner.scan(Buffer.from(byte)));
    expect(parts.at(-1)?.line).toBe('SSH-2.0-slow');
    expect(parts.slice(0, -1).every((part) => part === undefined)).toBe(true);
  });

  it('skips lines before a server identification and refuses them from a client', () => {
    expect(scan('welcome\r\nSSH-2.0-x\r\n', true)?.line).toBe('SSH-2.0-x');
    expect(() => scan('GET / HTTP/1.1\r\n')).toThrow('Invalid SSH identification string');
  });

  it.each(['SSH-1.5-ancient\r\n', 'SSH-3.0-future\r\n', 'SSH-2.0\r\n'])('refuses the version in %j', (line) => {
    expect(() => scan(line)).toThrow('Protocol major versions differ');
  });

  it('refuses a line above 255 bytes, too many lines before the identification and control characters', () => {
    expect(() => scan(`SSH-2.0-${'x'.repeat(300)}`)).toThrow('exceeds 255 bytes');
    expect(() => scan('x'.repeat(300))).toThrow('exceeds 255 bytes');
    expect(() => scan('hello\n'.repeat(1100), true)).toThrow('No SSH identification in 1024 lines');
    expect(() => scan('x'.repeat(9000), true)).toThrow('exceeds 8193 bytes');
    expect(() => scan('SSH-2.0-a\x00b\r\n')).toThrow('Invalid SSH identification string');
  });

  it('refuses a software name that peers would not accept', () => {
    expect(formatIdentification('Sallyport_1.0')).toBe('SSH-2.0-Sallyport_1.0');
    expect(() => formatIdentification('a-b')).toThrow('"a-b" cannot be used in an SSH identification');
    expect(() => formatIdentification('x\r\n')).toThrow(RangeError);
  });
});
