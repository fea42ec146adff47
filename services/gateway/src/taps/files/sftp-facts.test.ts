import { systemClock } from '@sallyport/context';
import { expect, it } from 'vitest';
import type { FileFact } from './file-fact.js';
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
  const tap = createSftpFacts({ emit: (fact) => facts.push(fact), clock: systemClock, onBroken: () => (breaks += 1) });
  return { facts, tap, breaks: () => breaks };
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
  const { tap, facts } = watch();
  for (let id = 0; id < 40_000; id += 1) tap.input(packet(13, u32(id), text('/x')));
  for (let id = 0; id < 40_000; id += 1) tap.output(status(id, 0));
  expect(facts.length).toBe(16_384);
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
