import * as fs from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import type { ObjectBody } from '../object-store.js';

// Plain descriptors: a FileHandle costs a further round trip of the thread pool for each close, which has nothing to do after a sync.
const open = promisify(fs.open);
const write = promisify(fs.writeFile) as (descriptor: number, bytes: Uint8Array) => Promise<void>;
const sync = promisify(fs.fsync);

const MODE = 0o640;
/** Flags of a new file whose writes return when they are on disk, as after fsync(2). */
const NEW_SYNCED = fs.constants.O_WRONLY | fs.constants.O_CREAT | fs.constants.O_EXCL | fs.constants.O_SYNC;

/** Places of a file or folder: where it is made, and where it belongs, below the folder of the store. */
export interface DurablePaths {
  readonly root: string;
  readonly temporary: string;
  readonly target: string;
}

/**
 * Writes a file that is either whole and on disk, or absent: temporary file, fsync, rename, fsync of the folder. A rename alone survives no
 * power cut: fsync(2), "does not necessarily ensure that the entry in the directory has also reached disk".
 */
export async function writeDurably(paths: DurablePaths, body: ObjectBody): Promise<number> {
  try {
    const bytes = await writeSynced(paths.temporary, body);
    await moveInto(paths);
    return bytes;
  } catch (error) {
    await rm(paths.temporary, { force: true });
    throw error;
  }
}

/** Writes a new file; resolves with its size when its bytes are on disk. Bytes that are there at once are written and synced in one call. */
export async function writeSynced(path: string, body: ObjectBody): Promise<number> {
  // A file without bytes has no write that could sync it.
  if (body instanceof Uint8Array && body.length > 0) {
    await withOpen(open(path, NEW_SYNCED, MODE), (file) => write(file, body));
    return body.length;
  }
  return withOpen(open(path, 'wx', MODE), async (file) => {
    let bytes = 0;
    for await (const piece of body instanceof Uint8Array ? [body] : body) {
      await write(file, piece);
      bytes += piece.length;
    }
    await sync(file);
    return bytes;
  });
}

/** Renames a file or folder to its target, and makes that durable. */
export async function moveInto({ root, temporary, target }: DurablePaths): Promise<void> {
  try {
    await rename(temporary, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await makeFolders(root, dirname(target));
    await rename(temporary, target);
  }
  await syncFolder(dirname(target));
}

/** Creates the folders between root and the new one. Each folder above it may hold a new entry, so each is synced; the new one follows. */
async function makeFolders(root: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o750 });
  let at = root;
  for (const name of relative(root, folder).split(sep)) {
    await syncFolder(at);
    at = join(at, name);
  }
}

const waiting = new Map<string, Promise<void>>();
const running = new Map<string, Promise<void>>();

/** Makes a folder's entries durable. Callers that come while it is being synced share the next sync. */
export function syncFolder(path: string): Promise<void> {
  const next = waiting.get(path) ?? syncNext(path);
  waiting.set(path, next);
  return next;
}

async function syncNext(path: string): Promise<void> {
  await running.get(path)?.catch(() => undefined);
  waiting.delete(path);
  // Opened at once: the caller has just changed the folder, so the kernel has it, and a round trip of the thread pool costs more.
  const synced = withOpen(Promise.resolve(fs.openSync(path, 'r')), sync);
  running.set(path, synced);
  await synced.finally(() => running.delete(path));
}

async function withOpen<T>(opening: Promise<number>, work: (descriptor: number) => Promise<T>): Promise<T> {
  const descriptor = await opening;
  try {
    return await work(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}
