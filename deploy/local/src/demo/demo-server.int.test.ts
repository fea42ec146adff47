import { freePort, greetsAsSsh, makeSshKey, spawnPart, type RunningPart } from '@sallyport/backing';
import { openShell, runScp, runSftp, runSsh, workFolder, type SshTarget, type WorkFolder } from '@sallyport/testkit';
import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

let folder: WorkFolder;
let server: RunningPart;
let target: SshTarget;

// As root it becomes "nobody", so that every test includes the loss of rights.
const nobody =
  process.getuid?.() === 0
    ? { user: 'nobody', uid: 65_534, gid: 65_534 }
    : { user: userInfo().username, uid: userInfo().uid, gid: userInfo().gid };

beforeAll(async () => {
  folder = await workFolder('demo-server');
  const home = join(folder.path, 'home');
  await mkdir(home);
  await chmod(home, 0o777);
  const [hostKey, userKey, port] = [await makeSshKey('ed25519', 'host'), await makeSshKey('ed25519', 'user'), await freePort()];
  await writeFile(join(folder.path, 'host-key'), hostKey.privateKey, { mode: 0o600 });
  await writeFile(join(folder.path, 'user-key'), userKey.privateKey, { mode: 0o600 });
  server = await spawnPart({
    name: 'demo-asset',
    argv: [process.execPath, fileURLToPath(new URL('../../dist/demo/main.js', import.meta.url))],
    port,
    url: '',
    logFile: join(folder.path, 'log'),
    env: {
      DEMO_PORT: String(port),
      DEMO_USER: nobody.user,
      DEMO_UID: String(nobody.uid),
      DEMO_GID: String(nobody.gid),
      DEMO_HOME: home,
      DEMO_HOST_KEY_FILE: join(folder.path, 'host-key'),
      DEMO_AUTHORIZED_KEY: userKey.publicKey,
    },
    ready: () => greetsAsSsh(port),
  });
  target = { port, user: nobody.user, privateKeyFile: join(folder.path, 'user-key') };
});
afterAll(async () => {
  await server.stop();
  await folder.remove();
});

test('a command runs as the demo user, with exit code, input and both outputs', async () => {
  const result = await runSsh({ ...target, command: 'id -un; pwd; cat; echo err >&2; exit 7', input: 'typed' });
  expect({ ...result, stdout: result.stdout.toString() }).toEqual({
    code: 7,
    stdout: `${nobody.user}\n${folder.path}/home\ntyped`,
    stderr: 'err\n',
  });
});

test('a shell has a terminal that follows the window size', async () => {
  const shell = openShell({ ...target, columns: 90, rows: 25 });
  shell.type('stty size\n');
  await shell.expect(/25 90/);
  shell.resize(70, 20);
  shell.type('sleep 0.2; stty size; exit 3\n');
  await shell.expect(/20 70/);
  expect(await shell.exited).toBe(3);
});

test('100 MB go both ways by sftp and scp unchanged', async () => {
  const file = join(folder.path, 'payload');
  await writeFile(file, randomBytes(100_000_000));
  expect(await runSftp(target, [`put ${file} sent`, 'ls -l', 'rename sent kept', `get kept ${file}.sftp`, 'rm kept'])).toMatchObject({
    code: 0,
  });
  expect(await runScp(target, file, ':copied')).toMatchObject({ code: 0 });
  expect(await runScp(target, ':copied', `${file}.scp`)).toMatchObject({ code: 0 });
  const hashes = await Promise.all([file, `${file}.sftp`, `${file}.scp`].map(hash));
  expect(new Set(hashes).size).toBe(1);
});

test('folders can be made, listed and removed, and an error names its reason', async () => {
  const done = await runSftp(target, ['mkdir a', 'mkdir a/b', 'ls a', 'rmdir a/b', 'rmdir a']);
  expect({ code: done.code, shown: done.stdout.toString() }).toMatchObject({ code: 0, shown: expect.stringContaining('a/b') });
  const failed = await runSftp(target, ['get nowhere']);
  expect(failed.code).not.toBe(0);
  expect(failed.stderr).toContain('not found');
});

test('refuses another key, another user and a password', async () => {
  const other = join(folder.path, 'other-key');
  await writeFile(other, (await makeSshKey('ed25519', 'other')).privateKey, { mode: 0o600 });
  expect((await runSsh({ ...target, privateKeyFile: other, command: 'true' })).code).toBe(255);
  expect((await runSsh({ ...target, user: 'root', command: 'true' })).code).toBe(255);
  expect((await runSsh({ port: target.port, user: target.user, password: 'guess', command: 'true' })).code).toBe(255);
});

test.runIf(process.getuid?.() === 0)('refuses files that only root may read, by shell and by sftp', async () => {
  expect((await runSsh({ ...target, command: 'cat /etc/shadow' })).code).not.toBe(0);
  expect(await runSftp(target, [`get /etc/shadow ${folder.path}/shadow`])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('ermission denied'),
  });
});

const hash = async (file: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
