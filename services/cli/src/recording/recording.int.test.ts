import { generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FrameKind, SealedPurpose } from '@sallyport/recording-format';
import { workFolder, type WorkFolder } from '@sallyport/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asBundle, aRecording, publicKeyPem } from '../../test/a-recording.js';
import { type CliResult, sallyport } from '../../test/run-cli.js';
import { anUpload, auditorsPem, auditorsPublicPem, framesWith, type Payload, sealedInputOf, sealerFor } from '../../test/sealed-frames.js';

let folder: WorkFolder;
const at = (name: string): string => join(folder.path, name);
beforeEach(async () => {
  folder = await workFolder('recording');
  await writeFile(at('public.pem'), publicKeyPem);
  await writeFile(at('auditors.key'), auditorsPem);
});
afterEach(() => folder.remove());

async function bundleOf(content: readonly Payload[], sessionId = 's-1'): Promise<string> {
  const file = at(`${sessionId}.tar`);
  await writeFile(file, await asBundle(aRecording({ sessionId, frames: framesWith(sessionId, content), cutAfter: [] })));
  return file;
}
const openInput = (target: string, key = 'auditors.key'): Promise<CliResult> =>
  sallyport(['recording', 'open-input', target, '--public-key', at('public.pem'), '--key', at(key)]);
const files = (target: string, ...more: string[]): Promise<CliResult> =>
  sallyport(['recording', 'files', target, '--public-key', at('public.pem'), '--out', at('out'), ...more]);
const upload = '01890a5d-ac96-774b-bcce-b302099a8057';
const other = '01890a5d-ac96-774b-bcce-b302099a8058';

describe('sallyport recording open-input', () => {
  it('prints sealed input with its times and channels', async () => {
    const { code, out, err } = await openInput(await bundleOf(sealedInputOf('s-1')));
    expect({ code, err, lines: out.split('\n').slice(1) }).toEqual({
      code: 0,
      err: '',
      lines: [
        '2026-01-31T12:00:00.000Z channel 3 typed without echo: "hunter2"',
        '2026-01-31T12:00:00.002Z channel 3 input that may be a password: "pa55\\n"',
        '2026-01-31T12:00:00.003Z channel 3 input: "welcome\\n"',
        '2026-01-31T12:00:00.004Z channel 3 input: base64 //4=',
        '',
      ],
    });
  });

  it('names a frame that was moved here from another session, also in a recording that is signed', async () => {
    const { code, out } = await openInput(await bundleOf([...sealedInputOf('s-2').slice(0, 1), ...sealedInputOf('s-1')]));
    expect(code).toBe(1);
    expect(out).toContain('- frame 2, channel 3: it does not open: it was changed, or it is that of another recording or channel');
    expect(out).toContain('"welcome\\n"');
  });

  it('names a sealed frame in which a bit was flipped, also in a recording that is signed', async () => {
    for (const byte of [1, 9, 42, 80]) {
      const [[channel, kind, payload]] = sealedInputOf('s-1') as [Payload];
      const changed = Uint8Array.from(payload);
      changed[byte]! ^= 1;
      const { code, out } = await openInput(await bundleOf([[channel, kind, changed]]));
      expect([byte, code, out]).toEqual([
        byte,
        1,
        expect.stringMatching(/- frame 2, channel 3: it(s payload is not valid| does not open)/),
      ]);
    }
  });

  it('names messages that are missing, and one that is there twice', async () => {
    const sealed = sealedInputOf('s-1');
    const { code, out } = await openInput(await bundleOf([sealed[0]!, sealed[3]!, sealed[0]!]));
    expect([code, out]).toEqual([1, expect.stringMatching(/messages 1 to 2 are missing[^]*message 0 is there a second time/)]);
  });

  it('shows nothing of a recording that was changed', async () => {
    const file = await bundleOf(sealedInputOf('s-1'));
    const bytes = await readFile(file);
    bytes[bytes.length - 2_000]! ^= 1;
    await writeFile(file, bytes);
    expect(await openInput(file)).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('is not proven, so nothing of it is shown'),
    });
  });

  it('names another key, the public half, and a recording without sealed input', async () => {
    const wrong = generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await writeFile(at('wrong.key'), wrong);
    await writeFile(at('auditors.pub'), auditorsPublicPem);
    const file = await bundleOf(sealedInputOf('s-1'));
    const opened = await openInput(file, 'wrong.key');
    expect([opened.code, opened.out]).toEqual([
      1,
      expect.stringMatching(/it is sealed to key [0-9a-f]{64}, the given key is [0-9a-f]{64}/),
    ]);
    expect(opened.out).not.toContain('hunter2');
    expect(await openInput(file, 'auditors.pub')).toMatchObject({ code: 2, err: expect.stringContaining('it has no private key') });
    const plain = await bundleOf([[1, FrameKind.input, Buffer.from('x')]], 's-3');
    expect(await openInput(plain)).toMatchObject({ code: 2, err: expect.stringContaining('has no sealed input') });
  });
});

describe('sallyport recording files', () => {
  it('writes the content of files, also of pieces in any order', async () => {
    const pieces: [number, string][] = [
      [6, 'world'],
      [0, 'hello '],
    ];
    const result = await files(
      await bundleOf([...anUpload('/srv/run.sh', pieces, upload), ...anUpload('/srv/run.sh', [[0, 'again']], other)]),
    );
    expect(result).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringContaining('0001-run.sh: sftp upload /srv/run.sh, 11 of 11 bytes'),
    });
    expect(await readFile(join(at('out'), '0001-run.sh'), 'utf8')).toBe('hello world');
    expect(await readFile(join(at('out'), '0002-run.sh'), 'utf8')).toBe('again');
  });

  it.each(['../../evil', '/etc/passwd', '..', '.ssh', 'a\0b', '..\\..\\evil', ''])(
    'never leaves its folder: a file that was uploaded as %j',
    async (path) => {
      expect(await files(await bundleOf(anUpload(path, [[0, 'x']], upload)))).toMatchObject({ code: 0 });
      expect(await readdir(at('out'))).toEqual([expect.stringMatching(/^0001-[A-Za-z0-9_-][A-Za-z0-9._-]*$/)]);
      expect((await readdir(folder.path)).sort()).toEqual(['auditors.key', 'out', 'public.pem', 's-1.tar']);
    },
  );

  it('does not write a file as large as its client said', async () => {
    const { code, out } = await files(
      await bundleOf(
        anUpload(
          '/x',
          [
            [0, 'near'],
            [2 ** 50, 'far'],
            [2 ** 52, 'away'],
          ],
          upload,
        ),
      ),
    );
    expect([code, out]).toEqual([0, expect.stringContaining('0001-x.far: the 7 bytes that were written behind 1 GiB, end to end')]);
    expect([await readFile(join(at('out'), '0001-x'), 'utf8'), await readFile(join(at('out'), '0001-x.far'), 'utf8')]).toEqual([
      'near',
      'faraway',
    ]);
  });

  it('opens sealed content with the auditors’ key, and asks for it', async () => {
    const [content, fact] = anUpload('/srv/run.sh', [[0, 'hello']], upload) as [Payload, Payload];
    const file = await bundleOf([sealerFor('s-1', 1)(SealedPurpose.fileContent, content[2]), fact]);
    expect(await files(file)).toMatchObject({ code: 1, out: expect.stringContaining('1 frames of content are sealed: name') });
    expect(await files(file, '--key', at('auditors.key'))).toMatchObject({ code: 0 });
    expect(await readFile(join(at('out'), '0001-run.sh'), 'utf8')).toBe('hello');
  });

  it('writes into a new folder only', async () => {
    await mkdir(at('out'));
    await writeFile(join(at('out'), 'mine'), '');
    expect(await files(await bundleOf(anUpload('/x', [[0, 'x']], upload)))).toMatchObject({
      code: 2,
      err: expect.stringContaining('is not empty'),
    });
    expect(existsSync(join(at('out'), '0001-x'))).toBe(false);
  });
});
