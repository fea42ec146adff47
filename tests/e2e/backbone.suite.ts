import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { decodeFrames, FrameKind } from '@sallyport/recording-format';
import { runScp, runSftp, runSsh, openShell } from '@sallyport/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flipByte, verifyRecording } from './verify.ts';
import { playInTerminal } from './asciinema.ts';
import { aProduct, type Product } from './product.ts';
import { eventually } from './wait.ts';

const MIB = 1024 * 1024;
const sha256 = async (file: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

/** Tests the README's promises about a session, for a product that is started with these parts. */
export function describeBackbone(name: string, parts: readonly ('elasticsearch' | 's3')[]): void {
  describe(name, () => {
    let product: Product;
    let folder: string;
    beforeAll(async () => {
      product = await aProduct({ parts });
      folder = path.join(product.folder, 'files');
      await mkdir(folder);
    });
    afterAll(() => product.remove());

    it('runs a command: output, exit code, standard error', async () => {
      const result = await runSsh({ ...product.demo, command: 'echo hi; echo bad >&2; exit 7' });
      expect({ ...result, stdout: result.stdout.toString() }).toEqual({ code: 7, stdout: 'hi\n', stderr: 'bad\n' });
    });

    it('passes binary bytes through unchanged both ways', async () => {
      const input = randomBytes(3 * MIB);
      const { code, stdout } = await runSsh({ ...product.demo, command: 'cat', input });
      expect([code, stdout.equals(input)]).toEqual([0, true]);
    });

    it('moves a 100 MB file by sftp and scp both ways with equal hashes', async () => {
      const file = path.join(folder, 'hundred');
      await writeFile(file, randomBytes(100 * MIB));
      const hash = await sha256(file);
      const remote = path.join(folder, 'remote');
      expect(
        await runSftp(product.demo, [
          `put ${file} /tmp/sallyport-e2e-${hash}`,
          `get /tmp/sallyport-e2e-${hash} ${remote}.sftp`,
          `rm /tmp/sallyport-e2e-${hash}`,
        ]),
      ).toMatchObject({ code: 0 });
      expect(await runScp(product.demo, file, `:/tmp/sallyport-e2e-${hash}`)).toMatchObject({ code: 0 });
      expect(await runScp(product.demo, `:/tmp/sallyport-e2e-${hash}`, `${remote}.scp`)).toMatchObject({ code: 0 });
      await runSsh({ ...product.demo, command: `rm /tmp/sallyport-e2e-${hash}` });
      expect([await sha256(`${remote}.sftp`), await sha256(`${remote}.scp`)]).toEqual([hash, hash]);
    });

    it('finds a typed command within 5 s with user, asset, account, session and time', async () => {
      const shell = openShell(product.demo);
      const word = `needle-${randomBytes(6).toString('hex')}`;
      await shell.expect(/[$#%>] ?$/);
      const typedAt = Date.now();
      shell.type(`echo ${word} | tr a-z A-Z\r`);
      await shell.expect(word.toUpperCase());
      const row = await eventually(5_000, async () => (await product.admin.commands({ search: word })).results[0]);
      expect(Date.now() - typedAt).toBeLessThan(5_500);
      const { run: facts } = product;
      expect(row).toMatchObject({
        input: `echo ${word} | tr a-z A-Z`,
        user: facts.demo.username,
        asset: facts.demo.asset,
        account: facts.demo.account,
        risk_level: 'accept',
      });
      expect(row.id).toMatch(/^[0-9a-f-]{36}$/);
      expect(Math.abs(Date.parse(row.timestamp) - typedAt)).toBeLessThan(5_000);
      expect(await product.admin.session(row.session)).toMatchObject({ id: row.session, state: 'active', user: facts.demo.username });
      shell.type('exit\r');
      await shell.exited;
      await eventually(5_000, async () => ((await product.admin.session(row.session)).state === 'finished' ? true : undefined));
      expect(await product.admin.commands({ search: word.toUpperCase() })).toMatchObject({ count: 1 });
    });

    it('finds an exec command and a file transfer', async () => {
      const word = `exec-${randomBytes(6).toString('hex')}`;
      const file = path.join(folder, word);
      await writeFile(file, 'content');
      await runSsh({ ...product.demo, command: `echo ${word}` });
      await runScp(product.demo, file, `:/tmp/${word}`);
      const inputs = await eventually(10_000, async () => {
        const { results } = await product.admin.commands({ search: word });
        return results.length >= 2 ? results.map(({ input }) => input) : undefined;
      });
      expect(inputs).toContain(`echo ${word}`);
      expect(inputs.some((input) => input.includes(`/tmp/${word}`) && /upload/i.test(input))).toBe(true);
    });

    it('finds the lines of a piped script, and keeps piped data that is not text, byte for byte', async () => {
      const word = `piped${randomBytes(6).toString('hex')}`;
      await runSsh({ ...product.demo, flags: ['-T'], input: `echo ${word} | tr a-z A-Z\nid\n` });
      await runSsh({ ...product.demo, command: 'sh -s', input: `if true; then\n  echo again ${word}\nfi\n` });
      const found = await eventually(10_000, async () => {
        const { results } = await product.admin.commands({ search: word });
        const piped = results.filter(({ kind }) => kind === 'piped').map(({ input }) => input);
        return piped.length >= 2 ? piped : undefined;
      });
      expect(found.toSorted()).toEqual([`echo ${word} | tr a-z A-Z`, `if true; then\n  echo again ${word}\nfi`]);
      const data = randomBytes(100_000);
      const session = await product.sessionOf(() => runSsh({ ...product.demo, command: 'cat > /dev/null', input: data }));
      const frames = [...decodeFrames(await product.admin.replay(session, 'native'))];
      const sent = Buffer.concat(frames.filter(({ kind }) => kind === FrameKind.input).map(({ payload }) => Buffer.from(payload)));
      expect(sent.equals(data)).toBe(true);
    });

    it('marks a command whose output was cut, with the length of the whole output', async () => {
      const word = `long${randomBytes(6).toString('hex')}`;
      await runSsh({ ...product.demo, command: `echo ${word}; seq 99999` });
      const [command] = await eventually(10_000, async () => {
        const { results } = await product.admin.commands({ search: word });
        return results.length > 0 ? results : undefined;
      });
      expect(command).toMatchObject({ output_truncated: true, output_bytes: 588_889 + word.length });
    });

    it('returns a replay that stock asciinema plays', async () => {
      const word = `replay-${randomBytes(6).toString('hex')}`;
      const session = await product.sessionOf(() =>
        runSsh({ ...product.demo, flags: ['-tt'], command: `echo ${word}; sleep 0.3; echo done-${word}` }),
      );
      const cast = path.join(folder, `${word}.cast`);
      await writeFile(cast, await product.admin.replay(session, 'asciicast'));
      const [header, ...events] = (await readFile(cast, 'utf8')).trimEnd().split('\n');
      expect(JSON.parse(header ?? '')).toMatchObject({ version: 2 });
      expect(events.map((line) => (JSON.parse(line) as [number, string, string])[2]).join('')).toContain(`done-${word}`);
      expect(await playInTerminal(cast)).toEqual({ code: 0, shown: expect.stringContaining(`done-${word}`) });
    });

    it('returns a replay by time and by byte range', async () => {
      const session = await product.sessionOf(() => runSsh({ ...product.demo, command: 'echo first; sleep 1.5; echo second' }));
      const whole = await product.admin.replay(session, 'native');
      const late = await product.admin.replay(session, 'native', { query: { from_seconds: '1' } });
      const printed = (frames: Buffer): string[] =>
        [...decodeFrames(frames)].filter(({ kind }) => kind === FrameKind.output).map(({ payload }) => Buffer.from(payload).toString());
      expect([printed(whole), printed(late)]).toEqual([['first\n', 'second\n'], ['second\n']]);
      const part = await product.admin.replay(session, 'native', { headers: { range: 'bytes=10-29' } });
      expect(part.equals(whole.subarray(10, 30))).toBe(true);
    });

    it('verifies a recording with the public key alone, and rejects it after one flipped byte', async () => {
      const session = await product.sessionOf(() => runSsh({ ...product.demo, flags: ['-tt'], command: 'seq 1 2000' }));
      const bundle = path.join(folder, 'bundle.tar');
      await writeFile(bundle, await product.admin.replay(session, 'bundle'));
      const publicKey = product.run.public_key_file;
      expect(await verifyRecording([bundle, '--public-key', publicKey])).toMatchObject({ code: 0 });
      const { length } = await readFile(bundle);
      for (const at of [0, 200, 600, Math.floor(length / 3), Math.floor(length / 2), length - 1]) {
        expect(await verifyRecording([await flipByte(bundle, at), '--public-key', publicKey]), `byte ${at} of ${length}`).toMatchObject({
          code: 1,
        });
      }
    });

    it('verifies the whole store in place, and rejects it after one flipped byte', async () => {
      const store = await product.recordingStore();
      expect(await store.verify()).toMatchObject({ code: 0 });
      const session = await product.sessionOf(() => runSsh({ ...product.demo, command: 'echo to be forged' }));
      const restore = await store.flipByteOf(session);
      const refused = await store.verify();
      expect(refused.code).toBe(1);
      expect(refused.output).toContain(session);
      await restore();
      expect(await store.verify()).toMatchObject({ code: 0 });
    });
  });
}
