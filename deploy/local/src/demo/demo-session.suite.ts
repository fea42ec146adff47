import { openShell, runScp, runSftp, runSsh, type SshTarget } from '@sallyport/testkit';
import { createHash, randomBytes } from 'node:crypto';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';

/** A server for the suite. */
export interface ServerUnderTest {
  readonly target: SshTarget;
  /** A folder that this process and the user of the server can write to. */
  readonly folder: string;
}

/** Describes what a user of the demo asset can do. OpenSSH and the built-in server have to pass. */
export function demoSessionSuite(name: string, start: () => Promise<ServerUnderTest>): void {
  describe(`a session on ${name}`, () => {
    let target: SshTarget;
    let folder: string;
    beforeAll(async () => void ({ target, folder } = await start()));

    test('a command runs as the user, with exit code, input and both outputs', async () => {
      const result = await runSsh({ ...target, command: 'id -un; cat; echo err >&2; exit 7', input: 'typed' });
      expect({ ...result, stdout: result.stdout.toString() }).toEqual({ code: 7, stdout: `${target.user}\ntyped`, stderr: 'err\n' });
    });

    test('5,000,000 bytes of standard error arrive whole, alone and beside as many of standard output', async () => {
      const alone = await runSsh({ ...target, command: 'head -c 5000000 /dev/zero | tr "\\0" e >&2' });
      expect([alone.code, alone.stderr.length]).toEqual([0, 5_000_000]);
      const both = 'head -c 5000000 /dev/zero | tr "\\0" e >&2 & head -c 5000000 /dev/zero | tr "\\0" o; wait';
      const { code, stdout, stderr } = await runSsh({ ...target, command: both });
      expect([code, stdout.length, stderr.length]).toEqual([0, 5_000_000, 5_000_000]);
    });

    test('a command of ssh -tt has a terminal, also without input', async () => {
      const { code, stdout } = await runSsh({ ...target, command: 'tty; sleep 0.3; test -t 0 && echo still', flags: ['-tt'] });
      expect([code, stdout.toString()]).toEqual([0, expect.stringMatching(/^\/dev\/pts\/\d+\r\nstill\r\n$/)]);
    });

    test('a command without a terminal has none', async () => {
      expect(await runSsh({ ...target, command: 'tty' })).toMatchObject({ code: 1, stdout: Buffer.from('not a tty\n') });
    });

    test('a signal that ends a command is reported', async () => {
      expect((await runSsh({ ...target, command: 'kill -TERM $$' })).code).toBe(255);
    });

    test('a shell has a terminal that follows the window size', async () => {
      const shell = openShell({ ...target, columns: 90, rows: 25 });
      shell.type('stty size\n');
      await shell.expect(/25 90/);
      shell.resize(70, 20);
      shell.type('until [ "$(stty size)" = "20 70" ]; do :; done; echo fol""lowed; exit 3\n');
      await shell.expect('followed');
      expect(await shell.exited).toBe(3);
    });

    test('Ctrl-C interrupts a command at a terminal', async () => {
      const shell = openShell(target);
      shell.type(`sh -c 'trap "printf %s%s inter rupted; exit" INT; printf %s%s rea dy; while :; do sleep 0.05; done'\n`);
      await shell.expect('ready');
      shell.type('\u0003');
      await shell.expect('interrupted');
      shell.type('exit 4\n');
      expect(await shell.exited).toBe(4);
    });

    test('20 MB go both ways by sftp and scp unchanged', async () => {
      const file = join(folder, 'payload');
      await writeFile(file, randomBytes(20_000_000));
      await chmod(file, 0o644);
      const at = (path: string): string => join(folder, path);
      const batch = [
        `put ${file} ${at('sent')}`,
        `ls -l ${folder}`,
        `rename ${at('sent')} ${at('kept')}`,
        `get ${at('kept')} ${file}.sftp`,
      ];
      expect(await runSftp(target, [...batch, `rm ${at('kept')}`])).toMatchObject({ code: 0 });
      expect(await runScp(target, file, `:${at('copied')}`)).toMatchObject({ code: 0 });
      expect(await runScp(target, `:${at('copied')}`, `${file}.scp`)).toMatchObject({ code: 0 });
      expect(new Set(await Promise.all([file, `${file}.sftp`, `${file}.scp`].map(hash))).size).toBe(1);
    });

    test('folders can be made, listed and removed, links followed, and an error names its reason', async () => {
      const at = (path: string): string => join(folder, path);
      const batch = [`mkdir ${at('a')}`, `mkdir ${at('a/b')}`, `ls ${at('a')}`, `ln -s ${at('a')} ${at('link')}`, `ls ${at('link')}`];
      const done = await runSftp(target, [...batch, `rm ${at('link')}`, `chmod 700 ${at('a')}`, `rmdir ${at('a/b')}`, `rmdir ${at('a')}`]);
      expect({ code: done.code, shown: done.stdout.toString() }).toMatchObject({ code: 0, shown: expect.stringContaining('a/b') });
      const failed = await runSftp(target, ['get nowhere']);
      expect(failed.code).not.toBe(0);
      expect(failed.stderr).toContain('not found');
    });

    test.runIf(process.getuid?.() === 0)('refuses files that only root may read, by shell and by sftp', async () => {
      expect((await runSsh({ ...target, command: 'cat /etc/shadow' })).code).not.toBe(0);
      expect(await runSftp(target, [`get /etc/shadow ${folder}/shadow`])).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('ermission denied'),
      });
    });
  });
}

const hash = async (file: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
