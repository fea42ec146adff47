import { createHash } from 'node:crypto';
import { systemClock } from '@sallyport/context';
import { expect, it } from 'vitest';
import type { FileFact, FileTap } from './file-fact.js';
import { parseScpCommand } from './scp-command.js';
import { createScpFacts } from './scp-facts.js';
import { createSftpFacts } from './sftp-facts.js';

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const text = (value: string): Buffer => Buffer.concat([u32(value.length), Buffer.from(value)]);
const offset = (value: number): Buffer => Buffer.concat([u32(0), u32(value)]);
const packet = (type: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat([Buffer.from([type]), ...parts]);
  return Buffer.concat([u32(body.length), body]);
};
const status = (id: number, code: number): Buffer => packet(101, u32(id), u32(code), text(''), text(''));

const watch = () => {
  const facts: FileFact[] = [];
  let breaks = 0;
  let limits = 0;
  const malformed = { input: '', output: '' };
  const tap = createSftpFacts({
    emit: (fact) => facts.push(fact),
    clock: systemClock,
    onBroken: () => (breaks += 1),
    onMalformed: (stream, data) => (malformed[stream] += data.toString('latin1')),
    onTooMany: () => (limits += 1),
  });
  return { facts, tap, breaks: () => breaks, malformed: () => malformed, limits: () => limits };
};

it('accepts garbage without an exception and reports once that it is not SFTP', () => {
  for (let seed = 1; seed < 200; seed += 1) {
    const { tap, breaks } = watch();
    let state = seed;
    const noise = Buffer.from(Array.from({ length: 3000 }, () => (state = (state * 1103515245 + 12345) % 2147483648) & 0xff));
    tap.input(noise);
    tap.output(noise);
    tap.input(noise);
    tap.close();
    expect(breaks()).toBeLessThanOrEqual(1);
  }
});

it('reports an open file as partial when the channel ends or the stream breaks', () => {
  const { tap, facts } = watch();
  tap.input(packet(3, u32(1), text('/f'), u32(2 | 8 | 16), u32(0)));
  tap.output(packet(102, u32(1), text('H')));
  tap.input(packet(6, u32(2), text('H'), offset(0), text('hello')));
  tap.input(Buffer.alloc(64, 0xff));
  tap.close();
  expect(facts).toMatchObject([{ op: 'upload', path: '/f', bytes: 5, isPartial: true, ok: false }]);
});

const open = (id: number, path: string): Buffer => packet(3, u32(id), text(path), u32(2 | 8 | 16), u32(0));
const write = (id: number, content: string, trailing = Buffer.alloc(0)): Buffer =>
  packet(6, u32(id), text('H'), offset(0), text(content), trailing);

/** Uploads a file with one WRITE packet. */
function upload(tap: FileTap, path: string, writePacket: Buffer): void {
  tap.input(open(1, path));
  tap.output(packet(102, u32(1), text('H')));
  tap.input(writePacket);
  tap.output(status(2, 0));
  tap.input(packet(4, u32(3), text('H')));
  tap.output(status(3, 0));
}

it('goes on behind a WRITE packet that is longer than its data (rclone 1.60), and marks the rest', () => {
  const { tap, facts, breaks, malformed } = watch();
  upload(tap, '/first', write(2, 'content', Buffer.from('trailing!')));
  upload(tap, '/second', write(2, 'content'));
  const sha256 = createHash('sha256').update('content').digest('hex');
  expect(facts).toMatchObject([
    { path: '/first', bytes: 7, sha256, isPartial: false },
    { path: '/second', bytes: 7, sha256, isPartial: false },
  ]);
  expect([malformed(), breaks()]).toEqual([{ input: 'trailing!', output: '' }, 0]);
});

it.each([
  ['a WRITE without fields', packet(6, u32(1))],
  ['a WRITE with a handle longer than the packet', packet(6, u32(1), u32(5000), Buffer.alloc(100))],
  ['a WRITE with more content than the packet', packet(6, u32(1), text('H'), offset(0), u32(1000), Buffer.alloc(10))],
  ['a REMOVE without a path', packet(13, u32(1))],
  ['a RENAME with a path longer than the packet', packet(18, u32(1), text('/a'), u32(100))],
  ['an answer with more content than the packet', packet(103, u32(1), u32(1000), Buffer.alloc(10))],
])('goes on behind %s, and marks it', (_, broken) => {
  for (const size of [broken.length, 1]) {
    const { tap, facts, breaks, malformed } = watch();
    const isAnswer = broken[4] === 103;
    for (let at = 0; at < broken.length; at += size) tap[isAnswer ? 'output' : 'input'](broken.subarray(at, at + size));
    tap.input(packet(13, u32(9), text('/removed')));
    tap.output(status(9, 0));
    expect(facts).toMatchObject([{ op: 'remove', path: '/removed', ok: true }]);
    expect([breaks(), (isAnswer ? malformed().output : malformed().input).length > 0]).toEqual([0, true]);
  }
});

it('reports an operation whose packet is padded to more than is read of it', () => {
  const { tap, facts, malformed } = watch();
  tap.input(packet(13, u32(1), text('/removed'), Buffer.alloc(200_000)));
  tap.output(status(1, 0));
  expect(facts).toMatchObject([{ op: 'remove', path: '/removed', ok: true }]);
  expect(malformed().input.length).toBeGreaterThan(0);
});

it('reports both operations of a client that uses a request id twice', () => {
  const { tap, facts } = watch();
  tap.input(packet(13, u32(1), text('/hidden')));
  tap.input(packet(13, u32(1), text('/shown')));
  tap.output(status(1, 0));
  tap.output(status(1, 2));
  expect(facts).toMatchObject([
    { path: '/hidden', ok: true },
    { path: '/shown', ok: false },
  ]);
});

it('reports an operation that a client sent before it closed the channel, without waiting for the answer', () => {
  const { tap, facts } = watch();
  tap.input(packet(13, u32(1), text('/gone')));
  tap.close();
  expect(facts).toMatchObject([{ op: 'remove', path: '/gone', ok: false, error: 'the channel closed before the asset answered' }]);
});

it('reports content as partial that is written out of order or over an older file', () => {
  const { tap, facts } = watch();
  const write = (flags: number, offsets: number[]): void => {
    tap.input(packet(3, u32(1), text('/f'), u32(flags), u32(0)));
    tap.output(packet(102, u32(1), text('H')));
    offsets.forEach((at, i) => {
      tap.input(packet(6, u32(10 + i), text('H'), offset(at), text('abc')));
      tap.output(status(10 + i, 0));
    });
    tap.input(packet(4, u32(2), text('H')));
    tap.output(status(2, 0));
  };
  write(2 | 8 | 16, [0, 3]);
  write(2 | 8 | 16, [3, 0]);
  write(2 | 8, [0, 3]);
  expect(facts.map((fact) => [fact.bytes, fact.isPartial, fact.sha256 !== undefined])).toEqual([
    [6, false, true],
    [6, true, false],
    [6, true, false],
  ]);
});

it('reports a write that the asset refused', () => {
  const { tap, facts } = watch();
  tap.input(packet(3, u32(1), text('/f'), u32(2 | 8 | 16), u32(0)));
  tap.output(packet(102, u32(1), text('H')));
  tap.input(packet(6, u32(2), text('H'), offset(0), text('abc')));
  tap.output(status(2, 4));
  tap.input(packet(4, u32(3), text('H')));
  tap.output(status(3, 0));
  expect(facts).toMatchObject([{ op: 'upload', ok: false, error: 'failure', isPartial: true }]);
});

it('keeps no more than its limits of a client that never gets answers', () => {
  const { tap, facts, limits } = watch();
  for (let id = 0; id < 40_000; id += 1) tap.input(packet(13, u32(id), text('/x')));
  for (let id = 0; id < 40_000; id += 1) tap.output(status(id, 0));
  expect(facts.length).toBe(16_384);
  expect(limits()).toBe(1);
});

it.each([
  ['scp -t /tmp/', { direction: 'upload', paths: ['/tmp/'], isFolder: false }],
  ['/usr/bin/scp -r -p -d -t -- "/a b"', { direction: 'upload', paths: ['/a b'], isFolder: true, isRecursive: true }],
  ["scp -f '/x y' z\\ 1", { direction: 'download', paths: ['/x y', 'z 1'] }],
  ['scp -t', { direction: 'upload', paths: ['.'] }],
])('reads %j', (line, expected) => {
  expect(parseScpCommand(line)).toMatchObject(expected);
});

it.each(['ls -t', 'scp a b', 'xscp -t /'])('does not take %j for scp', (line) => {
  expect(createScpFacts({ commandLine: line, emit: () => undefined, clock: systemClock })).toBeUndefined();
});
