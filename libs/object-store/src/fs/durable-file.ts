import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { ObjectBody } from '../object-store.js';

/**
 * Writes a file that is either whole and on disk, or absent: temporary file, fsync, rename, fsync of the folder. A rename alone survives no
 * power cut: fsync(2), "does not necessarily ensure that the entry in the directory has also reached disk".
 */
export async function writeDurably(paths: { root: string; temporary: string; target: string }, body: ObjectBody): Promise<number> {
  const { root, temporary, target } = paths;
  try {
    const bytes = await writeSynced(temporary, body);
    await moveInto(root, temporary, target);
    return bytes;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function writeSynced(path: string, body: ObjectBody): Promise<number> {
  const file = await open(path, 'wx', 0o640);
  try {
    let bytes = 0;
    for await (const piece of body instanceof Uint8Array ? [body] : body) {
      await file.writeFile(piece);
      bytes += piece.length;
    }
    await file.sync();
    return bytes;
  } finally {
    await file.close();
  }
}

async function moveInto(root: string, from: string, target: string): Promise<void> {
  try {
    await rename(from, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await makeFolders(root, dirname(target));
    await rename(from, target);
  }
  await syncFolder(dirname(target));
}

/** Creates the folders between root and the new one. Each holds a new entry, so each is synced. */
async function makeFolders(root: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o750 });
  let at = root;
  await syncFolder(at);
  for (const name of relative(root, folder).split(sep)) {
    at = join(at, name);
    await syncFolder(at);
  }
}

/** Makes a folder's entries durable. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
