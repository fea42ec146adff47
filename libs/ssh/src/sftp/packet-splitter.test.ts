import { describe, expect, it } from 'vitest';
import { SshWriter } from '../wire/index.js';
import { PacketSplitter } from './packet-splitter.js';

const packet = (type: number, body: Buffer): Buffer => {
  const writer = new SshWriter()
    .writeUint32(body.length + 1)
    .writeByte(type)
    .writeBytes(body);
  return Buffer.from(writer.finish());
};

const write = (content: string): Buffer =>
  packet(6, new SshWriter().writeUint32(7).writeString('hand').writeUint64(9n).writeString(content).finish());

const data = (content: string): Buffer => packet(103, new SshWriter().writeUint32(7).writeString(content).finish());

const stream = [
  packet(1, Buffer.from([0, 0, 0, 3])),
  write('hello'),
  write(''),
  packet(17, Buffer.alloc(300, 1)),
  data('x'.repeat(5000)),
  packet(4, Buffer.alloc(8)),
];

const split = (pieces: readonly Buffer[]): string[] => {
  const seen: string[] = [];
  const splitter = new PacketSplitter({
    packet: (bytes) => seen.push(`packet ${bytes.toString('hex')}`),
    head: (bytes, size) => seen.push(`head ${bytes.toString('hex')} ${size} `),
    content: (bytes, isLast) => (seen[seen.length - 1] += bytes.toString('hex') + (isLast ? ' end' : '')),
    trailing: (bytes) => (seen[seen.length - 1] += ` trailing ${bytes.toString('hex')}`),
  });
  for (const piece of pieces) splitter.push(piece);
  expect(splitter.partialBytes).toBe(0);
  return seen;
};

const inPieces = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => Buffer.from(bytes.subarray(index * size, (index + 1) * size)));

describe('the SFTP packet splitter', () => {
  it.each([1, 2, 3, 7, 13, 100, 4096])('finds the same packets in chunks of %i bytes', (size) => {
    expect(split(inPieces(Buffer.concat(stream), size))).toEqual(split(stream));
  });

  it('goes on behind a packet that is longer than its content', () => {
    const body = new SshWriter()
      .writeUint32(7)
      .writeString('hand')
      .writeUint64(9n)
      .writeString('hello')
      .writeBytes(Buffer.alloc(9))
      .finish();
    const [first, second] = split([packet(6, body), write('next')]);
    expect(first).toMatch(/68656c6c6f end trailing 0{18}$/);
    expect(second).toContain('6e657874 end');
  });

  it('reports how much of an incomplete packet has arrived', () => {
    const splitter = new PacketSplitter({
      packet: () => undefined,
      head: () => undefined,
      content: () => undefined,
      trailing: () => undefined,
    });
    splitter.push(Buffer.concat([write('hello'), data('0123456789').subarray(0, 18)]));
    expect(splitter.partialBytes).toBe(18);
    splitter.push(data('0123456789').subarray(18));
    expect(splitter.partialBytes).toBe(0);
  });

  it.each([
    ['no type', Buffer.from([0, 0, 0, 0, 0])],
    ['4 GiB', Buffer.from([255, 255, 255, 255, 1])],
    ['a handle of 4 GiB', Buffer.from([0, 0, 0, 99, 6, 0, 0, 0, 1, 255, 255, 255, 255])],
    ['content longer than its packet', Buffer.from([0, 0, 0, 9, 103, 0, 0, 0, 1, 0, 0, 0, 200])],
    ['a WRITE too short', Buffer.from([0, 0, 0, 10, 6, 0, 0, 0, 1, 0, 0, 0, 4, 1, 1])],
  ])('refuses %s', (_name, bytes) => {
    expect(() => split([bytes])).toThrow('SFTP');
  });

  it('assembles a large packet from single bytes in little time', () => {
    const started = performance.now();
    expect(split(inPieces(packet(104, Buffer.alloc(200_000)), 1))).toHaveLength(1);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
