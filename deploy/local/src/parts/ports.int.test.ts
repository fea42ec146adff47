import { freePort } from '@sallyport/backing';
import { workFolder, type WorkFolder } from '@sallyport/testkit';
import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDataFolder } from '../data/data-folder.js';
import { readOptions, type Options } from '../options.js';
import { choosePorts } from './ports.js';

let folder: WorkFolder;
beforeAll(async () => void (folder = await workFolder('ports')));
afterAll(() => folder.remove());

test('a usual port of the services is not used twice if REST or SSH gets it', async () => {
  const data = await openDataFolder(`${folder.path}/data`);
  const free = await firstFree([7401, 7403, 7404, 7411, 7412, 7413, 7414, 7415]);
  const ports = await choosePorts(readOptions(['--ssh-port', String(free), '--http-port', String(await freePort())]) as Options, data);
  expect(ports.ssh).toBe(free);
  expect(new Set(Object.values(ports)).size).toBe(Object.keys(ports).length);
});

/** Returns a port that no installation on this machine uses now. */
async function firstFree([port, ...others]: readonly number[]): Promise<number> {
  if (port === undefined) throw new Error('every usual port is taken here');
  const server = createServer();
  const isFree = await new Promise((resolve) => server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true)));
  server.close();
  return isFree ? port : firstFree(others);
}
