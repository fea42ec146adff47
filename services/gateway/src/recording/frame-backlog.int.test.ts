import { copyFile, mkdir, readdir, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@sallyport/context';
import { decodeFrames, encodeFrame, FrameKind } from '@sallyport/recording-format';
import { createLogger } from '@sallyport/telemetry';
import { aSessionMeta, workFolder, type WorkFolder } from '@sallyport/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FrameBacklog } from './frame-backlog.js';
import { SpoolFile } from './spool/spool-file.js';
import { encodeSpoolHeader } from './spool/spool-header.js';
import { readSpoolFile } from './spool/read-spool-file.js';
import { SpoolSpace } from './spool/spool-space.js';
import { UnpublishedCommands } from './unpublished-commands.js';

const logger = createLogger({ service: 'gateway-test', level: 'silent' });
const meta = aSessionMeta({ session_id: 's-1' });
const frame = (seq: number, bytes = 100) => ({
  seq: BigInt(seq),
  bytes: encodeFrame({ seq: BigInt(seq), timeUs: seq, channel: 1, kind: FrameKind.output }, Buffer.alloc(bytes, seq)),
});

let folder: WorkFolder;
let space: SpoolSpace;
let made = 0;
const file = (after: Promise<unknown> = Promise.resolve()): SpoolFile => {
  made++;
  return new SpoolFile(join(folder.path, 's-1.frames'), { clock: systemClock, logger, space }, { header: encodeSpoolHeader(meta), after });
};
beforeEach(async () => {
  folder = await workFolder('spool');
  space = new SpoolSpace(1e9);
  made = 0;
});
afterEach(() => folder.remove());

/** Reads everything from a number on, as the link does. */
async function seqs(
  backlog: { run(seq: bigint): Promise<{ lastSeq: bigint; bytes: Buffer } | undefined> },
  from: number,
): Promise<number[]> {
  const found: number[] = [];
  for (let run = await backlog.run(BigInt(from)); run !== undefined; run = await backlog.run(run.lastSeq + 1n)) {
    found.push(...decodeFrames(run.bytes).map(({ seq }) => Number(seq)));
  }
  return found;
}
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, at) => from + at);

describe.each([
  ['in memory', 0],
  ['on disk from the start', 1],
  ['on disk from the middle', 50],
])('a backlog %s', (_, spoolAt) => {
  it('returns every frame that is not durable, in order, from any number', async () => {
    const backlog = new FrameBacklog(file);
    for (let seq = 1; seq <= 100; seq++) {
      backlog.append(frame(seq, 40_000));
      if (seq === 30) backlog.durable(20n);
      if (seq === spoolAt) backlog.moveToDisk();
    }
    expect(await seqs(backlog, 21)).toEqual(range(21, 100));
    expect(await seqs(backlog, 77)).toEqual(range(77, 100));
    backlog.durable(60n);
    expect(await seqs(backlog, 61)).toEqual(range(61, 100));
    expect([backlog.isDurable, await seqs(backlog, 101)]).toEqual([false, []]);
    backlog.durable(100n);
    await backlog.synced();
    expect([backlog.isDurable, backlog.memoryBytes, backlog.unackedBytes, backlog.isSpooling, space.usedBytes]).toEqual([
      true,
      0,
      0,
      false,
      0,
    ]);
    expect(await readdir(folder.path)).toEqual([]);
  });
});

describe('a backlog', () => {
  it('spools a second time under the same name, unharmed by the first', async () => {
    const backlog = new FrameBacklog(file);
    for (let round = 0; round < 20; round++) {
      backlog.append(frame(round * 2 + 1));
      backlog.moveToDisk();
      backlog.append(frame(round * 2 + 2));
      if (round < 19) backlog.durable(BigInt(round * 2 + 2));
    }
    await backlog.synced();
    expect([made, (await readSpoolFile(join(folder.path, 's-1.frames'), false))?.content.lastSeq]).toEqual([20, 40n]);
  });

  it('writes every frame that is not durable, from the first: a file that a kill leaves is without holes', async () => {
    const backlog = new FrameBacklog(file);
    for (let seq = 1; seq <= 50; seq++) backlog.append(frame(seq));
    backlog.durable(10n);
    backlog.moveToDisk();
    for (let seq = 51; seq <= 60; seq++) backlog.append(frame(seq));
    await backlog.synced();
    const orphan = await readSpoolFile(join(folder.path, 's-1.frames'), false);
    expect([orphan?.meta, orphan?.content.marks[0]?.seq, orphan?.content.lastSeq]).toEqual([meta, 11n, 60n]);
  });
});

describe('a spool file', () => {
  it('that was torn by a kill is read up to the last whole frame', async () => {
    const spool = file();
    for (let seq = 1; seq <= 10; seq++) spool.append(frame(seq)); // 132 bytes each
    await spool.sync();
    const whole = (await stat(spool.path)).size;
    for (const [lost, last] of [
      [0, 10n],
      [1, 9n],
      [132, 9n],
      [133, 8n],
      [1_319, 0n],
      [1_400, undefined],
      [whole, undefined],
    ] as const) {
      const torn = `${spool.path}.torn`;
      await copyFile(spool.path, torn);
      await truncate(torn, whole - lost);
      expect((await readSpoolFile(torn, false))?.content.lastSeq).toBe(last);
    }
  });

  it('is readable by its owner alone', async () => {
    const spool = file();
    spool.append(frame(1));
    await spool.sync();
    expect((await stat(spool.path)).mode & 0o077).toBe(0);
  });
});

describe('unpublished commands', () => {
  it('are returned again in order, from memory and from disk, until they are published', async () => {
    const commands = new UnpublishedCommands(file, space, 350);
    for (const seq of [3, 7, 8, 20, 31]) commands.append(frame(seq)); // the third is one too many for memory
    const all = async (): Promise<number[]> => {
      const found: number[] = [];
      for (let run = await commands.next(0n); run !== undefined; run = await commands.next(run.lastSeq)) {
        found.push(...decodeFrames(run.bytes).map(({ seq }) => Number(seq)));
      }
      return found;
    };
    expect([made, await all()]).toEqual([1, [3, 7, 8, 20, 31]]);
    commands.published(8n);
    expect([await all(), commands.isEmpty]).toEqual([[20, 31], false]);
    commands.published(40n);
    await commands.synced();
    expect([await all(), commands.isEmpty, await readdir(folder.path)]).toEqual([[], true, []]);
  });
});

it('a file that cannot be removed does not end the session', async () => {
  const spool = file();
  spool.append(frame(1));
  await spool.sync();
  await rm(spool.path);
  await mkdir(spool.path);
  await expect(spool.remove()).resolves.toBeUndefined();
});
