import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { FrameKind } from '@sallyport/recording-format';
import { runScp, runSftp } from '@sallyport/testkit';
import { aGateway, type TestGateway } from './a-gateway.js';

let g: TestGateway;
let file: string;
beforeAll(async () => {
  g = await aGateway();
  file = `${g.folder.path}/payload`;
  await writeFile(file, randomBytes(100 * 1024 * 1024));
}, 60_000);
afterAll(() => g.stop());

const hash = async (path: string): Promise<string> => createHash('sha256').update(await readFile(path)).digest('hex');

describe('a 100 MB file', () => {
  it.each([
    ['sftp', [], 'sftp'],
    ['scp', [], 'sftp'],
    ['the old scp protocol', ['-O'], 'exec'],
  ] as const)('goes both ways by %s with equal hashes, and none of its content is recorded', async (how, flags, kind) => {
    const target = { ...g.alice(), timeoutMs: 90_000, flags };
    const [up, down] =
      how === 'sftp'
        ? [await runSftp(target, [`put ${file} copied`]), await runSftp(target, [`get copied ${file}.back`])]
        : [await runScp(target, file, ':copied'), await runScp(target, ':copied', `${file}.back`)];
    expect([up, down]).toMatchObject([{ code: 0 }, { code: 0 }]);
    expect(await hash(`${file}.back`)).toBe(await hash(file));
    const recording = g.recordings.last;
    await vi.waitFor(() => expect(recording.isClosed).toBe(true), 8_000);
    expect(recording.facts(FrameKind.channelOpen)).toMatchObject([{ kind }]);
    expect(recording.frames.reduce((sum, frame) => sum + frame.payload.length, 0)).toBeLessThan(20_000);
  }, 180_000);
});
