import { freePort } from '@sallyport/backing';
import { runSsh, startProduct, waitUntil, workFolder, type Product, type RunFile, type WorkFolder } from '@sallyport/testkit';
import { execFile } from 'node:child_process';
import { access, readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

const LAUNCHER = fileURLToPath(new URL('../dist/main.js', import.meta.url));
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
function launch(...args: string[]): Promise<{ code: number; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [LAUNCHER, ...args], (error, _stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stderr }));
  });
}

/** Runs a line in a shell, as if it was pasted into a terminal. */
function pasted(line: string): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile('/bin/bash', ['-c', line], (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }));
  });
}

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
    'a killed launcher leaves nothing behind',
    async () => {
      const parts = partsOf(await product.run());
      process.kill(product.pid, 'SIGKILL');
      expect(await stillRunning(parts)).toEqual([]);
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
