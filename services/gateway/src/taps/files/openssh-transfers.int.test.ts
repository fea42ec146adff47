import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '@sallyport/context';
import { sha256Hex } from '@sallyport/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import type { FileFact } from './file-fact.js';
import { WatchedTransfers } from './openssh-transfers.suite.js';
import { createScpFacts } from './scp-facts.js';
import { createSftpFacts } from './sftp-facts.js';

const facts: FileFact[] = [];
let transfers: WatchedTransfers;
afterEach(() => transfers.close());

function start(pieceBytes = 0): string {
  facts.length = 0;
  const emit = (fact: FileFact): void => void facts.push(fact);
  const onBroken = (): void => expect.unreachable('the stream was not read as SFTP');
  transfers = new WatchedTransfers((commandLine) => {
    if (commandLine === 'sftp') return createSftpFacts({ emit, clock: systemClock, onBroken });
    return createScpFacts({ commandLine, emit, clock: systemClock }) ?? expect.unreachable(`not scp: ${commandLine}`);
  }, pieceBytes);
  return transfers.folder;
}

const file = (name: string, bytes: number): Buffer => {
  const data = randomBytes(bytes);
  writeFileSync(join(transfers.folder, name), data);
  return data;
};
const reported = () => facts.map(({ id: _id, startedAtMs: _from, endedAtMs: _to, ...rest }) => rest);

describe.each([
  ['as they come', 0],
  ['in pieces of 7 bytes', 7],
])('sftp, bytes %s', (_name, pieceBytes) => {
  it('reports uploads and downloads with the hash of their content', async () => {
    const folder = start(pieceBytes);
    const [big, empty] = [file('big', 3_000_001), file('empty', 0)];
    expect(await transfers.run('sftp', ['-b', '-', 'h'], `put big up\nput empty up-empty\nget up down\nget up-empty down-empty\n`)).toBe(0);
    expect(readFileSync(join(folder, 'down'))).toEqual(big);
    const whole = { protocol: 'sftp', ok: true, isPartial: false };
    const of = (op: string, name: string, data: Buffer) => ({
      ...whole,
      op,
      path: join(folder, name),
      bytes: data.length,
      sha256: sha256Hex(data),
    });
    expect(reported()).toEqual([
      of('upload', 'up', big),
      of('upload', 'up-empty', empty),
      of('download', 'up', big),
      of('download', 'up-empty', empty),
    ]);
  });

  it('reports every other operation with its outcome', async () => {
    const folder = start(pieceBytes);
    file('a', 10);
    const batch = 'mkdir d\nrename a d/b\nchmod 600 d/b\nln -s d/b s\nln d/b hard\nrm s\n-rmdir d\n-mkdir d\n-get nowhere\n-rm nowhere\n';
    expect(await transfers.run('sftp', ['-b', '-', 'h'], batch)).toBe(0);
    const at = (name: string): string => join(folder, name);
    expect(reported()).toMatchObject([
      { op: 'mkdir', path: at('d'), ok: true },
      { op: 'rename', path: at('a'), newPath: at('d/b'), ok: true },
      { op: 'setstat', path: at('d/b'), ok: true },
      { op: 'symlink', path: at('s'), newPath: 'd/b', ok: true },
      { op: 'link', path: at('hard'), newPath: at('d/b'), ok: true },
      { op: 'remove', path: at('s'), ok: true },
      { op: 'rmdir', path: at('d'), ok: false, error: 'Failure' },
      { op: 'mkdir', path: at('d'), ok: false, error: 'Failure' },
      { op: 'remove', path: at('nowhere'), ok: false, error: 'No such file' },
    ]);
  });
});

it('reports a resumed upload as partial', async () => {
  start();
  const data = file('whole', 500_000);
  writeFileSync(join(transfers.folder, 'half'), data.subarray(0, 200_000));
  expect(await transfers.run('sftp', ['-b', '-', 'h'], 'reput whole half\n')).toBe(0);
  expect(reported()).toMatchObject([{ op: 'upload', bytes: 300_000, isPartial: true, ok: true }]);
  expect(facts[0]).not.toHaveProperty('sha256');
});

it('reports an open that was refused', async () => {
  const folder = start();
  file('x', 5);
  mkdirSync(join(folder, 'dir'));
  await transfers.run('sftp', ['-b', '-', 'h'], '-put x dir/none/y\n');
  expect(reported()).toMatchObject([{ op: 'upload', ok: false, isPartial: true }]);
});

it('reports scp over SFTP as sftp does', async () => {
  const folder = start();
  const data = file('x', 100_000);
  expect(await transfers.run('scp', ['x', `h:${folder}/y`])).toBe(0);
  expect(reported()).toMatchObject([{ protocol: 'sftp', op: 'upload', path: join(folder, 'y'), sha256: sha256Hex(data), ok: true }]);
});

describe.each([
  ['as they come', 0],
  ['byte by byte', 1],
])('scp -O, bytes %s', (_name, pieceBytes) => {
  it('reports both directions with the hash of the content', async () => {
    const folder = start(pieceBytes);
    const [x, y, none] = [file('x', 200_000), file('y z', 3), file('none', 0)];
    expect(await transfers.run('scp', ['-O', 'x', 'y z', 'none', `h:${folder}/`])).toBe(0);
    expect(await transfers.run('scp', ['-O', '-p', `h:${folder}/x`, 'copy'])).toBe(0);
    const fact = (op: string, name: string, data: Buffer) => ({
      protocol: 'scp',
      op,
      path: `${folder}/${name}`,
      bytes: data.length,
      sha256: sha256Hex(data),
      isPartial: false,
      ok: true,
    });
    expect(reported()).toEqual([fact('upload', 'x', x), fact('upload', 'y z', y), fact('upload', 'none', none), fact('download', 'x', x)]);
  });

  it('reports files inside directories, and refusals', async () => {
    const folder = start(pieceBytes);
    mkdirSync(join(folder, 'tree/sub'), { recursive: true });
    mkdirSync(join(folder, 'in'));
    file('tree/a', 4);
    file('tree/sub/b', 5);
    expect(await transfers.run('scp', ['-O', '-r', 'tree', `h:${folder}/in/`])).toBe(0);
    expect(new Set(facts.map((fact) => fact.path))).toEqual(new Set([`${folder}/in/tree/a`, `${folder}/in/tree/sub/b`]));
    facts.length = 0;
    expect(await transfers.run('scp', ['-O', `h:${folder}/missing`, 'x'])).not.toBe(0);
    expect(await transfers.run('scp', ['-O', 'tree/a', `h:${folder}/no/such/place`])).not.toBe(0);
    expect(reported()).toMatchObject([
      { op: 'download', path: `${folder}/missing`, ok: false, error: expect.stringContaining('No such file') as string },
      { op: 'upload', path: `${folder}/no/such/place`, ok: false, error: expect.stringContaining('No such file') as string },
    ]);
  });
});
