import { spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { freePort } from '@sallyport/backing';
import { startProduct, workFolder, type Product, type Rest, type RunFile, type WorkFolder } from '@sallyport/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sallyport, type Verdict } from './verify.ts';

const CORE = path.resolve(import.meta.dirname, '../../services/core/dist/main.js');

let product: Product;
let run: RunFile;
let admin: Rest;
let files: WorkFolder;
beforeAll(async () => {
  [product, files] = await Promise.all([startProduct(), workFolder('selftest')]);
  [run, admin] = await Promise.all([product.run(), product.asAdmin()]);
});
afterAll(() => Promise.all([product.stop(), files.remove()]));

/** Does what the pod of `helm test` does. */
async function selftest(name: string, publicKey: string): Promise<Verdict> {
  const folder = path.join(files.path, name);
  await mkdir(folder);
  const port = String(await freePort());
  expect(await sallyport(['selftest', 'prepare', '--folder', folder, '--address', '127.0.0.1', '--port', port])).toEqual({
    code: 0,
    output: '',
  });
  const seeded = spawnSync(process.execPath, [CORE, 'seed', path.join(folder, 'seed.json')], {
    encoding: 'utf8',
    env: {
      CORE_DATABASE_URL_FILE: path.join(product.data, 'secrets/core-service-database-url'),
      CORE_SEALING_KEYS_FILE: path.join(product.data, 'secrets/sealing-keys.json'),
    },
  });
  expect(seeded.stderr).toBe('');
  const gateway = `${run.ssh.host}:${run.ssh.port}`;
  return sallyport(['selftest', 'run', '--folder', folder, '--url', run.api, '--gateway', gateway, '--public-key', publicKey]);
}

it('a sound installation passes, and its rows are removed but for the admin of the last test, which expires', async () => {
  for (const name of ['first', 'second']) {
    const { code, output } = await selftest(name, run.public_key_file);
    expect(output).toMatch(
      /ok {2}a session .*\nok {2}the command is found.*\nok {2}the replay is complete.*\nok {2}the rows .* removed\nThe installation works\.\n$/,
    );
    expect(code).toBe(0);
  }
  const left = (await admin.get<{ results: { username: string; date_expired: string }[] }>('users/users?search=sallyport-test-')).results;
  expect(left).toHaveLength(1);
  expect(Date.parse(left[0]?.date_expired ?? '') - Date.now()).toBeLessThan(15 * 60_000);
  const hosts = await admin.get<{ count: number }>('assets/hosts?search=sallyport-test-');
  expect(hosts.count).toBe(0);
});

it('a replay that another key signed fails the test', async () => {
  const { code, output } = await selftest('foreign', path.join(product.data, 'audit-signing.pub.pem'));
  expect(code).toBe(2);
  expect(output).toMatch(/replay of session .* is not proven/);
});
