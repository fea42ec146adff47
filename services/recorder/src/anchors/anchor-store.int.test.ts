import { generateKeyPairSync } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { anchorHash, anchorName, anchorNumber, signAnchor } from '@sallyport/crypto';
import { nullStore, type ObjectStore, openFsStore, openS3Store } from '@sallyport/object-store';
import { anS3, workFolder } from '@sallyport/testkit';
import { describe, expect, it } from 'vitest';
import { AnchorStore } from './anchor-store.js';

const key = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const envelope = (number: number, seq = BigInt(number)): Buffer =>
  signAnchor({ number, seq, hash: 'ab'.repeat(32), time: '2026-03-01T12:00:00.000Z', previous: null }, key);
const nameOf = (number: number): string => anchorName(number, anchorHash(envelope(number)));

const STORES: [string, () => Promise<ObjectStore>][] = [
  ['a folder', async () => openFsStore({ directory: join((await workFolder('anchors')).path, 'store') })],
  ['S3', async () => openS3Store(await anS3())],
];

describe.each(STORES)('anchors in %s', (_, open) => {
  it('come back in the order of their numbers, page by page', async () => {
    const anchors = new AnchorStore(await open());
    for (const number of [10, 2, 1, 100]) await anchors.put(BigInt(number), envelope(number));
    const first = await anchors.list('', 3);
    expect(first).toEqual({
      anchors: [1, 2, 10].map((number) => ({ name: nameOf(number), envelope: envelope(number) })),
      next: nameOf(10),
    });
    expect(await anchors.list(first.next, 3)).toEqual({ anchors: [{ name: nameOf(100), envelope: envelope(100) }], next: '' });
    expect((await anchors.list(`${anchorNumber(2)}-g`, 0)).anchors.map(({ name }) => name)).toEqual([nameOf(10), nameOf(100)]);
  });

  it('are never replaced, also when two that differ arrive at once: the first stays', async () => {
    const anchors = new AnchorStore(await open());
    const results = await Promise.allSettled([
      anchors.put(7n, envelope(7)),
      anchors.put(7n, envelope(7, 5n)),
      anchors.put(7n, envelope(7)),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await expect(anchors.put(7n, envelope(7, 5n))).rejects.toMatchObject({ code: 'ANCHOR_EXISTS', kind: 'conflict' });
    expect((await anchors.list('', 0)).anchors).toEqual([{ name: nameOf(7), envelope: envelope(7) }]);
  });
});

describe('the store of anchors', () => {
  it('keeps each anchor in an object that is named by number and hash', async () => {
    const directory = join((await workFolder('anchors')).path, 'store');
    await new AnchorStore(await openFsStore({ directory })).put(1n, envelope(1));
    expect(await readdir(join(directory, 'audit', 'anchors'))).toEqual([nameOf(1)]);
  });

  it('refuses what can’t be an anchor', async () => {
    const anchors = new AnchorStore(await openFsStore({ directory: join((await workFolder('anchors')).path, 'store') }));
    for (const [number, bytes] of [
      [0n, 10],
      [1n, 0],
      [1n, 5000],
    ] as const)
      await expect(anchors.put(number, Buffer.alloc(bytes))).rejects.toMatchObject({ code: 'ANCHOR_INVALID' });
    await expect(anchors.list('../sessions', 0)).rejects.toMatchObject({ code: 'ANCHOR_INVALID' });
  });

  it('reports that a recorder without a store keeps no anchor', async () => {
    const anchors = new AnchorStore(nullStore());
    await expect(anchors.put(1n, envelope(1))).rejects.toMatchObject({ code: 'ANCHORS_NOT_KEPT' });
    await expect(anchors.list('', 0)).rejects.toMatchObject({ code: 'ANCHORS_NOT_KEPT' });
  });
});
