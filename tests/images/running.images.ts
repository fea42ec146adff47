import { chown, cp, mkdir, readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import { freePort, runSsh, startProduct, waitUntil, workFolder, type Product, type WorkFolder } from '@sallyport/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startContainer, type Container } from './container.ts';
import { imageOf } from './image.ts';

const USER = 65_532;

let product: Product;
let folder: WorkFolder;
const containers: Container[] = [];

beforeAll(async () => {
  folder = await workFolder('images');
  product = await startProduct();
});
afterAll(async () => {
  for (const container of containers) container.remove();
  await product.stop();
  await folder.remove();
});

it('the gateway of the image serves a login on native crypto, and ends within seconds', async () => {
  const [port, health] = [await freePort(), await freePort()];
  const spool = await ownFolder('spool');
  const container = await startAs('gateway', {
    env: {
      GATEWAY_ID: 'in-a-container',
      GATEWAY_SSH_PORT: String(port),
      GATEWAY_HEALTH_PORT: String(health),
      GATEWAY_SPOOL_DIR: '/spool',
    },
    volumes: [`${spool}:/spool`],
  });
  const readiness = await untilReady(container, health);
  expect(readiness).toMatchObject({ crypto: expect.stringContaining('native') as string });
  await waitUntil(() => Promise.resolve(container.output().includes('SSH is served')), 30_000, 50);
  const login = await runSsh({ ...(await product.ssh()), port, command: 'echo from the container' });
  expect({ code: login.code, stdout: login.stdout.toString() }).toEqual({ code: 0, stdout: 'from the container\n' });
  const { code, seconds } = await container.stop();
  expect(code).toBe(0);
  expect(seconds).toBeLessThan(10);
});

it('the worker of the image is ready, and ends within seconds', async () => {
  const health = await freePort();
  const container = await startAs('worker', { env: { WORKER_ID: 'in-a-container', WORKER_HEALTH_PORT: String(health) }, volumes: [] });
  await untilReady(container, health);
  const { code, seconds } = await container.stop();
  expect(code).toBe(0);
  expect(seconds).toBeLessThan(10);
});

it.each(['core', 'recorder', 'indexer'] as const)('%s of the image is ready, and ends within seconds', async (name) => {
  const [health, rpc, http] = [await freePort(), await freePort(), await freePort()];
  const prefix = name.toUpperCase();
  const env = {
    [`${prefix}_HEALTH_PORT`]: String(health),
    [`${prefix}_RPC_PORT`]: String(rpc),
    ...(name === 'core' && { CORE_HTTP_PORT: String(http) }),
    ...(name === 'recorder' && { RECORDER_FS_DIR: '/recordings' }),
  };
  const container = await startAs(name, {
    env,
    volumes: name === 'recorder' ? [`${await ownFolder('recordings')}:/recordings`] : [],
  });
  await untilReady(container, health);
  const { code, seconds } = await container.stop();
  expect(code).toBe(0);
  expect(seconds).toBeLessThan(10);
});

/** Starts the image of a service with the settings of the running one, its secrets as files of the image's user. */
async function startAs(name: string, plan: { env: Record<string, string>; volumes: string[] }): Promise<Container> {
  const pid = await product.pidOf(name);
  const secrets = await secretsFor(name);
  const running = await environmentOf(pid);
  const env = Object.fromEntries(Object.entries(running).map(([key, value]) => [key, value.replaceAll(product.data, '/data')]));
  expect(await readlink(`/proc/${pid}/cwd`)).toBe(product.data);
  const container = startContainer(imageOf(name as 'core'), {
    env: { ...env, ...plan.env },
    volumes: [`${secrets}:/data/secrets:ro`, ...plan.volumes],
    workdir: '/data',
  });
  containers.push(container);
  return container;
}

async function untilReady(container: Container, port: number): Promise<unknown> {
  let answer = 'no answer';
  let exit: number | null | undefined;
  void container.exited.then((code) => (exit = code));
  const isReady = await waitUntil(
    async () => {
      if (exit !== undefined) return true;
      const response = await fetch(`http://127.0.0.1:${port}/readyz`);
      answer = await response.text();
      return response.ok;
    },
    60_000,
    100,
  );
  if (!isReady || exit !== undefined) throw new Error(`not ready (exit code ${exit}): ${answer}\n${container.output()}`);
  return JSON.parse(answer);
}

/** Copies the product's secrets for the user of the images. */
async function secretsFor(name: string): Promise<string> {
  const target = path.join(folder.path, `secrets-${name}`);
  await cp(path.join(product.data, 'secrets'), target, { recursive: true });
  for (const file of ['', ...(await readdir(target, { recursive: true }))]) await chown(path.join(target, file), USER, USER);
  await chown(target, USER, USER);
  return target;
}

async function ownFolder(name: string): Promise<string> {
  const target = path.join(folder.path, name);
  await mkdir(target);
  await chown(target, USER, USER);
  return target;
}

/** Returns the settings of a process: without those of this machine's shell. */
async function environmentOf(pid: number): Promise<Record<string, string>> {
  const text = await readFile(`/proc/${pid}/environ`, 'utf8');
  const pairs = text.split('\0').flatMap((pair) => (pair === '' ? [] : [pair.split(/=(.*)/s).slice(0, 2) as [string, string]]));
  return Object.fromEntries(pairs.filter(([key]) => /^(CORE|GATEWAY|RECORDER|INDEXER|WORKER|RPC|NATS|LOG)_/.test(key)));
}
