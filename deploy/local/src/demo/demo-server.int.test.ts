import { freePort, greetsAsSsh, spawnPart, type RunningPart } from '@sallyport/backing';
import { makeSshKey } from '@sallyport/keys';
import { anSshd, runSsh, workFolder, type SshTarget, type TestSshd, type WorkFolder } from '@sallyport/testkit';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { demoSessionSuite } from './demo-session.suite.js';

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

demoSessionSuite('the built-in server', async () => ({ target, folder: join(folder.path, 'home') }));

let sshd: TestSshd;
afterAll(() => sshd.remove());
demoSessionSuite('OpenSSH', async () => {
  sshd = await anSshd();
  const [login] = sshd.logins;
  const place = join(folder.path, 'openssh');
  await mkdir(place);
  await chmod(place, 0o777);
  return { target: { port: sshd.port, user: login.username, privateKeyFile: login.privateKeyFile }, folder: place };
});

test('a session starts in the home folder', async () => {
  expect((await runSsh({ ...target, command: 'pwd' })).stdout.toString()).toBe(`${folder.path}/home\n`);
});

test('refuses another key, another user and a password', async () => {
  const other = join(folder.path, 'other-key');
  await writeFile(other, (await makeSshKey('ed25519', 'other')).privateKey, { mode: 0o600 });
  expect((await runSsh({ ...target, privateKeyFile: other, command: 'true' })).code).toBe(255);
  expect((await runSsh({ ...target, user: 'root', command: 'true' })).code).toBe(255);
  expect((await runSsh({ port: target.port, user: target.user, password: 'guess', command: 'true' })).code).toBe(255);
});
