import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { anSshd, type TestSshd } from '../sshd/an-sshd.js';
import { openShell } from './open-shell.js';
import { runScp, runSftp, runSsh } from './run-ssh.js';
import type { SshTarget } from './ssh-options.js';

let sshd: TestSshd;
let byKey: SshTarget;

beforeAll(async () => {
  sshd = await anSshd();
  const [login] = sshd.logins;
  byKey = { port: sshd.port, user: login.username, privateKeyFile: login.privateKeyFile };
});
afterAll(() => sshd.remove());

test('a command returns its output, its errors and its exit code apart', async () => {
  const result = await runSsh({ ...byKey, command: 'echo out; echo err >&2; cat; exit 7', input: 'in' });
  expect({ ...result, stdout: result.stdout.toString() }).toEqual({ code: 7, stdout: 'out\nin', stderr: 'err\n' });
});

test.runIf(process.getuid?.() === 0)('a password is answered without a terminal, and a wrong one is refused', async () => {
  const [login] = sshd.logins;
  const target = { port: sshd.port, user: login.username };
  expect((await runSsh({ ...target, password: login.password, command: 'echo in' })).stdout.toString()).toBe('in\n');
  expect((await runSsh({ ...target, password: 'wrong', command: 'echo in' })).code).toBe(255);
});

test('a shell shows a prompt, knows its size and ends with its exit code', async () => {
  const shell = openShell({ ...byKey, columns: 100, rows: 30 });
  shell.type('PS1="ready> "; stty size\n');
  await shell.expect(/30 100/);
  shell.resize(90, 20);
  await shell.expect('ready> ');
  shell.type('stty size; exit 4\n');
  await shell.expect(/20 90/);
  expect(await shell.exited).toBe(4);
});

test('files go both ways by scp and sftp unchanged', async () => {
  const [login] = sshd.logins;
  const file = `${login.privateKeyFile}.payload`;
  await writeFile(file, randomBytes(300_000));
  expect(await runScp(byKey, file, ':copied')).toMatchObject({ code: 0 });
  expect(await runSftp(byKey, [`get copied ${file}.back`])).toMatchObject({ code: 0 });
  expect(await hash(`${file}.back`)).toBe(await hash(file));
});

const hash = async (file: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
