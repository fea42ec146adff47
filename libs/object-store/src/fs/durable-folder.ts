import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FirstObject } from '../object-store.js';
import { type DurablePaths, moveInto, syncFolder, writeSynced } from './durable-file.js';

/**
 * Writes a folder of files that is either whole and on disk, or absent: a temporary folder, renamed when all of it is on disk. Returns false,
 * and changes nothing, if the target has an entry: rename(2) replaces an empty folder at most.
 */
export async function writeFolderDurably(paths: DurablePaths, files: readonly FirstObject[]): Promise<boolean> {
  try {
    await mkdir(paths.temporary, { mode: 0o750 });
    await writeAll(paths.temporary, files);
    await syncFolder(paths.temporary);
    await moveInto(paths);
    return true;
  } catch (error) {
    await rm(paths.temporary, { recursive: true, force: true });
    if (!isTaken(error)) throw error;
    // It may be there from a call whose last sync failed.
    await syncFolder(dirname(paths.target));
    return false;
  }
}

/** Writes the files at once: their syncs share a commit of the file system. Settles after the last. */
async function writeAll(folder: string, files: readonly FirstObject[]): Promise<void> {
  const written = await Promise.allSettled(files.map(({ name, bytes }) => writeSynced(join(folder, name), bytes)));
  for (const each of written) if (each.status === 'rejected') throw each.reason;
}

const isTaken = (error: unknown): boolean =>
  (error as NodeJS.ErrnoException).syscall === 'rename' && ['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '');
