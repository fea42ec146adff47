import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { FrameKind } from '@sallyport/recording-format';
import { runScp, runSftp } from '@sallyport/testkit';
import { aGateway, type TestGateway } from './a-gateway.js';
import { keptContent } from './kept-content-of.js';

const KEPT = 256 * 1024;

let g: TestGateway;
let file: string;
beforeAll(async () => {
  g = await aGateway();
  file = `${g.folder.path}/payload`;
  await writeFile(file, randomBytes(100 * 1024 * 1024));
}, 60_000);
afterAll(() => g.stop());

const hash = async (path: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

describe('a 100 MB file', () => {
  it.each([
    ['sftp', [], 'sftp', 'sftp'],
    ['scp', [], 'sftp', 'sftp'],
    ['the old scp protocol', ['-O'], 'exec', 'scp'],
  ] as const)(
    'is copied in both directions by %s with equal hashes; its facts are recorded, and the beginning of what was uploaded',
    async (how, flags, kind, protocol) => {
      const target = { ...g.alice(), timeoutMs: 90_000, flags };
      const before = g.recordings.all.length;
      const [up, down] =
        how === 'sftp'
          ? [await runSftp(target, [`put ${file} copied`]), await runSftp(target, [`get copied ${file}.back`])]
          : [await runScp(target, file, ':copied'), await runScp(target, ':copied', `${file}.back`)];
      expect([up, down]).toMatchObject([{ code: 0 }, { code: 0 }]);
      const sha256 = await hash(file);
      expect(await hash(`${file}.back`)).toBe(sha256);
      const recordings = g.recordings.all.slice(before);
      await vi.waitFor(() => expect(recordings.map(({ isClosed }) => isClosed)).toEqual([true, true]), 8_000);
      for (const recording of recordings) {
        expect(recording.facts(FrameKind.channelOpen)).toMatchObject([{ kind }]);
        const others = recording.frames.filter(({ kind }) => kind !== FrameKind.fileContent);
        expect(others.reduce((sum, frame) => sum + frame.payload.length, 0)).toBeLessThan(20_000);
      }
      const moved = recordings.flatMap((recording) => recording.facts(FrameKind.file)).filter((fact) => 'bytes' in (fact as object));
      expect(moved).toMatchObject([
        { protocol, op: 'upload', path: expect.stringMatching(/copied/) as string, bytes: 104_857_600, kept_bytes: KEPT, sha256, ok: true },
        { protocol, op: 'download', path: expect.stringMatching(/copied$/) as string, bytes: 104_857_600, sha256, ok: true },
      ]);
      const [content] = keptContent(recordings[0]!);
      expect(content?.equals((await readFile(file)).subarray(0, KEPT))).toBe(true);
      expect(keptContent(recordings[1]!)).toEqual([]);
    },
    240_000,
  );
});
