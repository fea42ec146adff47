import { freePort } from '@sallyport/backing';
import { runSsh, startProduct, waitUntil, workFolder, type Product, type RunFile, type WorkFolder } from '@sallyport/testkit';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { access, mkdir, readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

const LAUNCHER = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const CONSOLE = fileURLToPath(new URL('../bin/sallyport-local.mjs', import.meta.url));
const MINUTES = 60_000;

let folder: WorkFolder;
beforeAll(async () => void (folder = await workFolder('launcher')));
afterAll(() => folder.remove());

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
type Part = { readonly name: string; readonly pid: number };
const partsOf = (run: RunFile): Part[] => [...run.services, ...run.backing];
/** Returns the names of the processes that still run. A gateway may take 40 s if core ends before it could report how a session ended. */
async function stillRunning(parts: Part[]): Promise<string[]> {
  await waitUntil(async () => !parts.some(({ pid }) => isAlive(pid)), 55_000);
  return parts.filter(({ pid }) => isAlive(pid)).map(({ name }) => name);
}

/** Runs the launcher to its early end. */
const launch = (...args: string[]): Promise<{ code: number; stderr: string }> => run(process.execPath, [LAUNCHER, ...args]);

function run(file: string, args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(file, args, (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }));
  });
}

/** Runs a line in a shell, as if it was pasted into a terminal. */
const pasted = (line: string) => run('/bin/bash', ['-c', line]);

describe('one installation over its life', () => {
  let product: Product;
  // Every part gets paths below it, in its own syntax: a shell's, ssh_config's, sshd_config's, NATS', a list's.
  const data = (): string => join(folder.path, `it's "my" data, 数据 \\ 100% #1 $HOME`);
  const hi = async () => await runSsh({ ...(await product.ssh()), command: 'echo hi; exit 7' });

  test(
    'a first start shows the admin password and one line that works',
    async () => {
      product = await startProduct({ data: data() });
      const run = await product.run();
      expect(run.pid).toBe(product.pid);
      expect((await stat(join(data(), 'run.json'))).mode & 0o777).toBe(0o600);
      await vi.waitFor(() => expect(product.output()).toContain(run.admin.password), 10_000); // run.json is there before the last lines are read
      const lines = product.output().match(/^ssh .*/gm) ?? [];
      expect(lines).toHaveLength(1);
      expect(await pasted(`${lines[0]} 'echo hi; exit 7'`)).toEqual({ code: 7, stdout: 'hi\n', stderr: '' });
      expect(await hi()).toMatchObject({ code: 7, stdout: Buffer.from('hi\n') });
      expect(run.services.map((service) => service.name).sort()).toEqual(['core', 'gateway', 'indexer', 'recorder', 'worker']);
      await (await product.asAdmin()).post('users/users', { username: 'kept' });
    },
    4 * MINUTES,
  );

  test(
    'a killed process is started again, and run.json has its new process id',
    async () => {
      const before = await product.pidOf('indexer');
      process.kill(before, 'SIGKILL');
      expect(
        await waitUntil(async () => product.output().includes('indexer is back') && (await product.pidOf('indexer')) !== before, 60_000),
      ).toBe(true);
      expect(isAlive(await product.pidOf('indexer'))).toBe(true);
    },
    2 * MINUTES,
  );

  test(
    'a second start on the same data is refused while the first one runs',
    async () => {
      const port = String(await freePort());
      const { code, stderr } = await launch('--data', data(), '--http-port', port);
      expect({ code, stderr: stderr.trim() }).toEqual({
        code: 1,
        stderr: `Another start is already using "${data()}": stop it first, or choose another folder with --data DIR`,
      });
      expect(await hi()).toMatchObject({ code: 7 }); // and does the first one no harm
    },
    MINUTES,
  );

  test(
    'no log, and no command line of any process, contains a secret',
    async () => {
      const run = await product.run();
      const secrets = [run.admin.password, ...(await secretsIn(data()))];
      const shown = await Promise.all([
        ...partsOf(run).flatMap(({ pid }) =>
          ['cmdline', 'environ'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')),
        ),
        ...run.services.map((service) => readFile(join(data(), 'log', `${service.name}.log`), 'utf8')),
      ]);
      for (const secret of secrets) expect(shown.filter((text) => text.includes(secret))).toEqual([]);
    },
    MINUTES,
  );

  test(
    'Ctrl-C stops everything that was started',
    async () => {
      const parts = partsOf(await product.run());
      expect(await product.stop()).toBe(0);
      expect(await stillRunning(parts)).toEqual([]);
      await expect(access(join(data(), 'run.json'))).rejects.toThrow('ENOENT');
    },
    MINUTES,
  );

  test(
    'a second start keeps the data and does not show the password',
    async () => {
      product = await startProduct({ data: data() });
      expect(product.output()).not.toContain((await product.run()).admin.password);
      const users = await (await product.asAdmin()).get<{ results: { username: string }[] }>('users/users?search=kept');
      expect(users.results.map((user) => user.username)).toEqual(['kept']);
      expect(await hi()).toMatchObject({ code: 7 });
    },
    4 * MINUTES,
  );

  test(
    'a forgotten admin password is replaced at the console: by one that has to be changed, and that ends all sign-ins',
    async () => {
      const admin = await product.asAdmin();
      const { code, stdout, stderr } = await run(process.execPath, [CONSOLE, 'reset-password', '--data', data()]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const password = /^Sign in as "admin" with the password ([\w-]{24}) and change it\.\n$/.exec(stdout)?.[1] ?? '';
      expect((await admin.ask('GET', 'users/users')).status).toBe(401);
      expect(await product.as('admin', password)).toMatchObject({ mustChangePassword: true });
      expect(await run(process.execPath, [CONSOLE, 'reset-password', '--data', folder.path])).toMatchObject({
        code: 1,
        stderr: `Nothing runs on "${folder.path}": start it with "npm start" first, or name its folder with --data DIR\n`,
      });
    },
    MINUTES,
  );

  test(
    'a killed launcher leaves nothing behind',
    async () => {
      const parts = partsOf(await product.run());
      process.kill(product.pid, 'SIGKILL');
      expect(await stillRunning(parts)).toEqual([]);
      expect(await waitUntil(async () => !existsSync(join(data(), 'run.json')), 5000)).toBe(true);
    },
    2 * MINUTES,
  );
});

test.each(['--http-port', '--ssh-port'])(
  'a port that is taken is named, with the remedy (%s)',
  async (option) => {
    const port = await freePort();
    const other = createServer().listen(port, '127.0.0.1');
    const free = option === '--http-port' ? '--ssh-port' : '--http-port';
    const { code, stderr } = await launch('--data', join(folder.path, 'taken'), option, String(port), free, String(await freePort()));
    other.close();
    expect(code).toBe(1);
    expect(stderr.trim()).toMatch(
      new RegExp(
        `^Port ${port}, wanted for (REST|SSH), is taken by another program: stop that program or choose another with ${option} N$`,
      ),
    );
  },
  MINUTES,
);

// A network of its own has no address 127.0.0.1 until its loopback interface is turned on, and the usual privileged ports.
describe.runIf(process.getuid?.() === 0)('on another network', () => {
  const start = `exec "$0" ${LAUNCHER} --data "$1" --ssh-port 2222 --http-port`;
  const inNetwork = (script: string) => run('unshare', ['--net', 'sh', '-c', script, process.execPath, join(folder.path, 'network')]);

  test.each([
    [
      'without a loopback address',
      `${start} 8080`,
      /^This machine has no address 127\.0\.0\.1, where everything listens: turn the loopback interface on \(as root: ip link set lo up\)$/,
    ],
    [
      'where port 80 is for root only',
      `ip link set lo up; ${start.replace('"$0"', 'setpriv --bounding-set -net_bind_service --inh-caps -all "$0"')} 80`,
      /^Port 80, wanted for REST, is one that only root may listen on, as most are below 1024: choose another with --http-port N$/,
    ],
  ])('the start says what is wrong and what to do %s', async (_where, script, words) => {
    const { code, stderr } = await inNetwork(script);
    expect(stderr.trim()).toMatch(words);
    expect(code).toBe(1);
  });
});

describe.runIf(process.getuid?.() === 0)('on a full disk', () => {
  const place = (): string => join(folder.path, 'small');
  beforeAll(async () => {
    await mkdir(place());
    await run('mount', ['-t', 'tmpfs', '-o', 'size=20m,mode=755', 'sallyport-test', place()]);
  });
  afterAll(() => run('umount', [place()]));

  test(
    'a first start says so in one sentence, and works when there is space',
    async () => {
      const ports = ['--http-port', String(await freePort()), '--ssh-port', String(await freePort())];
      const { code, stderr } = await launch('--data', place(), ...ports);
      expect(stderr.trim()).toMatch(
        /^The disk of ".*\/small" is full \(\d+ MB are free, a first start needs 200\): free some space, or choose another folder with --data DIR$/,
      );
      expect(code).toBe(1);
      await run('mount', ['-o', 'remount,size=400m', place()]);
      const product = await startProduct({ data: place() });
      expect((await runSsh({ ...(await product.ssh()), command: 'echo in' })).stdout.toString()).toBe('in\n');
      await product.stop();
    },
    3 * MINUTES,
  );
});

/** Returns the passwords and keys that the launcher created. */
async function secretsIn(data: string): Promise<string[]> {
  const read = async (name: string): Promise<string> => readFile(join(data, 'secrets', name), 'utf8');
  const database = JSON.parse(await read('database.json')) as { core: string; indexer: string };
  const service = JSON.parse(await read('database-service.json')) as { coreService: string; indexerService: string };
  const signing = (await read('audit-signing.pem')).split('\n')[1] ?? '';
  const sealing = JSON.parse(await read('sealing-keys.json')) as { keys: Record<string, string> };
  const s3 = JSON.parse(await read('s3.json')) as { secretKey: string };
  const keyBody = (await read('demo-account')).split('\n')[2] ?? '';
  const operatorKey = (await read('mesh/nats-operator.key')).split('\n')[1] ?? '';
  const passwords = [database.core, database.indexer, service.coreService, service.indexerService];
  return [...passwords, signing, operatorKey, s3.secretKey, keyBody, ...Object.values(sealing.keys)];
}
