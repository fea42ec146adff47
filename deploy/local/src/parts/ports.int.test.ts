import { freePort } from '@sallyport/backing';
import { workFolder, type WorkFolder } from '@sallyport/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDataFolder } from '../data/data-folder.js';
import { readOptions, type Options } from '../options.js';
import { choosePorts, USUAL_PORTS } from './ports.js';

let folder: WorkFolder;
beforeAll(async () => void (folder = await workFolder('ports')));
afterAll(() => folder.remove());

test('a usual port of the services is not used twice if REST or SSH gets it', async () => {
  const data = await openDataFolder(`${folder.path}/data`);
  const requested = await freePort();
  const options = readOptions(['--ssh-port', String(requested), '--http-port', String(await freePort())]) as Options;
  const ports = await choosePorts(options, data, { ...USUAL_PORTS, coreRpc: requested });
  expect(ports.ssh).toBe(requested);
  expect(new Set(Object.values(ports)).size).toBe(Object.keys(ports).length);
});
