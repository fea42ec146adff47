import { mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { workFolder } from '@sallyport/testkit';
import { expect, it } from 'vitest';
import { objectStoreConformance } from '../conformance.suite.js';
import { StoreUnavailable } from '../store.errors.js';
import { openFsStore } from './fs-store.js';

objectStoreConformance('fs', async () => {
  const folder = await workFolder('fs-store');
  return { store: await openFsStore({ directory: join(folder.path, 'deep/store') }), stop: () => folder.remove() };
});

it('removes the half-written files of a killed process, and none that is being written', async () => {
  const folder = await workFolder('fs-store');
  await mkdir(join(folder.path, '.tmp'));
  await writeFile(join(folder.path, '.tmp/old'), 'half');
  await writeFile(join(folder.path, '.tmp/young'), 'half');
  await mkdir(join(folder.path, '.tmp/old-folder'));
  await writeFile(join(folder.path, '.tmp/old-folder/part'), 'half');
  const twoHoursAgo = new Date(Date.now() - 7_200_000);
  for (const name of ['old', 'old-folder']) await utimes(join(folder.path, '.tmp', name), twoHoursAgo, twoHoursAgo);
  const store = await openFsStore({ directory: folder.path });
  expect(await readdir(join(folder.path, '.tmp'))).toEqual(['young']);
  expect((await store.list('')).objects).toEqual([]);
  await folder.remove();
});

it('names the folder and the reason if the folder can not be written', async () => {
  const folder = await workFolder('fs-store');
  await writeFile(join(folder.path, 'file'), '');
  const opening = openFsStore({ directory: join(folder.path, 'file/store') });
  await expect(opening).rejects.toBeInstanceOf(StoreUnavailable);
  await expect(opening).rejects.toThrow(join(folder.path, 'file/store'));
  await folder.remove();
});

it('keeps recordings from other users of the machine', async () => {
  const folder = await workFolder('fs-store');
  const store = await openFsStore({ directory: join(folder.path, 'store') });
  await store.put('sessions/a', Buffer.from('x'));
  const mode = (await stat(join(folder.path, 'store/sessions/a'))).mode & 0o007;
  expect([mode, (await stat(join(folder.path, 'store/sessions'))).mode & 0o007]).toEqual([0, 0]);
  await folder.remove();
});

it('answers a write error of the disk with an error that may pass, and leaves nothing behind', async () => {
  const folder = await workFolder('fs-store');
  const store = await openFsStore({ directory: folder.path });
  const full = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.alloc(10);
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
  };
  await expect(store.put('a', full())).rejects.toBeInstanceOf(StoreUnavailable);
  expect([await store.head('a'), await readdir(join(folder.path, '.tmp'))]).toEqual([undefined, []]);
  await folder.remove();
});

it('changes nothing if opened for reading only', async () => {
  const folder = await workFolder('fs-store');
  const store = await openFsStore({ directory: folder.path, isReadOnly: true });
  await store.check();
  await expect(store.put('a', Buffer.from('x'))).rejects.toThrow('for reading only');
  await expect(store.delete('a')).rejects.toThrow('for reading only');
  expect(await readdir(folder.path)).toEqual([]);
  await folder.remove();
});

it('stores all first objects of a folder or none: a half-written folder is never seen', async () => {
  const folder = await workFolder('fs-store');
  const store = await openFsStore({ directory: folder.path });
  const objects = [
    { name: 'part', bytes: Buffer.from('x') },
    { name: 'part', bytes: Buffer.from('the same name, which can not be written twice') },
  ];
  await expect(store.putFirst('a/b/', objects)).rejects.toBeInstanceOf(StoreUnavailable);
  expect([(await store.list('a/')).objects, await readdir(join(folder.path, '.tmp'))]).toEqual([[], []]);
  await folder.remove();
});
