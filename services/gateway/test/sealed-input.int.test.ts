import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { decodeFileContent, FrameKind, SealedPurpose } from '@sallyport/recording-format';
import { openShell, runScp, runSftp, runSsh } from '@sallyport/testkit';
import { AnAuditor } from '../src/taps/an-auditor.suite.js';
import { aGateway, type TestGateway } from './a-gateway.js';
import { keptContent } from './kept-content-of.js';
import type { MemoryRecording } from './memory-recordings.js';

const auditor = new AnAuditor();
const CANARY = 'canary-4711-hunter2';
const closed = async (g: TestGateway): Promise<MemoryRecording> => {
  const { last } = g.recordings;
  await vi.waitFor(() => expect(last.isClosed).toBe(true), 12_000);
  return last;
};
const bytesOf = (recording: MemoryRecording): Buffer => Buffer.concat(recording.frames.map(({ payload }) => payload));

/** Types a line without echo, as for a password. */
async function typeUnseen(g: TestGateway): Promise<MemoryRecording> {
  const shell = openShell(g.alice());
  shell.type('PS1="ready> "; read -s -p "Password: " x; echo got ${#x}\n');
  await shell.expect(/Password: $/);
  shell.type(`${CANARY}\n`);
  await shell.expect(/got 19/);
  shell.type('exit\n');
  await shell.exited;
  return closed(g);
}

describe('with the auditors’ key', () => {
  let g: TestGateway;
  beforeAll(async () => {
    g = await aGateway({ sealing: auditor.sealing({ sealsInput: true, keepsUnseen: true }) });
  });
  afterAll(() => g.stop());

  it('a line typed without echo is in the recording for auditors alone', async () => {
    const recording = await typeUnseen(g);
    expect(auditor.typed(recording)).toEqual([CANARY]);
    expect(recording.facts(FrameKind.gap)).toEqual([{ bytes: 19, lines: 1, why: 'unseen', stream: 'input', sealed: true }]);
    expect([bytesOf(recording).includes(CANARY), g.log.join('\n').includes(CANARY)]).toEqual([false, false]);
  });

  it('piped data is in the recording for auditors alone', async () => {
    const input = Buffer.concat([Buffer.from(CANARY), randomBytes(200_000)]);
    expect(await runSsh({ ...g.alice(), command: 'wc -c', input })).toMatchObject({ code: 0 });
    const recording = await closed(g);
    expect(auditor.opened(recording, SealedPurpose.input).equals(input)).toBe(true);
    expect(bytesOf(recording).includes(CANARY)).toBe(false);
  });

  it('the content of an uploaded file is in the recording for auditors alone', async () => {
    const file = `${g.folder.path}/script`;
    await writeFile(file, `#!/bin/sh\necho ${CANARY}\n`);
    expect(await runSftp(g.alice(), [`put ${file} sealed-script`])).toMatchObject({ code: 0 });
    const recording = await closed(g);
    const { data } = decodeFileContent(auditor.opened(recording, SealedPurpose.fileContent));
    expect([Buffer.from(data).toString(), bytesOf(recording).includes(CANARY)]).toEqual([`#!/bin/sh\necho ${CANARY}\n`, false]);
  });
});

describe('without a key', () => {
  let g: TestGateway;
  beforeAll(async () => {
    g = await aGateway({ keepFileBytes: 1000 });
  });
  afterAll(() => g.stop());

  it('nothing of a line typed without echo is kept but its length', async () => {
    const recording = await typeUnseen(g);
    expect(recording.facts(FrameKind.gap)).toEqual([{ bytes: 19, lines: 1, why: 'unseen', stream: 'input' }]);
    expect(recording.frames.filter(({ kind }) => kind === FrameKind.sealed)).toEqual([]);
    expect([bytesOf(recording).includes(CANARY), g.log.join('\n').includes(CANARY)]).toEqual([false, false]);
  });

  it.each([
    ['sftp', [] as string[]],
    ['scp', []],
    ['the old scp protocol', ['-O']],
  ])('the content of a file that is uploaded by %s is in the recording up to the limit', async (how, flags) => {
    const content = randomBytes(2_500);
    const file = `${g.folder.path}/upload`;
    await writeFile(file, content);
    const target = { ...g.alice(), flags };
    expect(how === 'sftp' ? await runSftp(target, [`put ${file} up`]) : await runScp(target, file, ':up')).toMatchObject({ code: 0 });
    const recording = await closed(g);
    expect(recording.facts(FrameKind.file)).toContainEqual(
      expect.objectContaining({ op: 'upload', bytes: 2_500, kept_bytes: 1_000, ok: true }),
    );
    expect(keptContent(recording).map((kept) => kept.equals(content.subarray(0, 1_000)))).toEqual([true]);
  });
});
