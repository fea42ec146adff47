import { access, rm, writeFile } from 'node:fs/promises';
import { workFolder, type WorkFolder } from '@sallyport/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDataFolder } from './data-folder.js';
import { keepSecrets } from './secrets.js';

let folder: WorkFolder;
beforeAll(async () => void (folder = await workFolder('secrets')));
afterAll(() => folder.remove());

test('a data folder of an earlier version gets certificates for NATS of the same authority, and loses the token that all services shared', async () => {
  const data = await openDataFolder(`${folder.path}/data`);
  const before = await keepSecrets(data);
  await writeFile(data.secret('nats-token'), 'one for all');
  for (const name of ['nats', 'nats-operator'] as const)
    await Promise.all(
      Object.values(before.mesh[name])
        .slice(1)
        .map((file) => rm(file)),
    );
  const after = await keepSecrets(data);
  await expect(access(data.secret('nats-token'))).rejects.toThrow('ENOENT');
  expect(after.mesh).toEqual(before.mesh);
  for (const { caFile, certFile, keyFile } of Object.values(after.mesh))
    await Promise.all([caFile, certFile, keyFile].map((file) => access(file)));
});
