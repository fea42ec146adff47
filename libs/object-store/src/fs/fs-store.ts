import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type Clock, systemClock } from '@sallyport/context';
import { checkFirst, checkKey, checkPrefix } from '../object-key.js';
import {
  type ByteRange,
  type FirstObject,
  MAX_PAGE,
  type ObjectBody,
  type ObjectInfo,
  type ObjectPage,
  type ObjectStore,
} from '../object-store.js';
import { ObjectNotFound, StoreMisconfigured, StoreUnavailable } from '../store.errors.js';
import { syncFolder, writeDurably } from './durable-file.js';
import { writeFolderDurably } from './durable-folder.js';
import { walkKeys } from './walk-keys.js';

/** Age at which an unfinished write belongs to a process that died. Another process may still be writing a younger one. */
const STALE_TEMPORARY_MS = 3_600_000;

/**
 * Opens a store of files below a folder; the names of a key are folders. Creates the folder if it is missing. With `isReadOnly` it creates
 * and changes nothing, for tools that only read. Throws StoreUnavailable if the folder can't be created or written.
 */
export async function openFsStore(options: { directory: string; clock?: Clock; isReadOnly?: boolean }): Promise<ObjectStore> {
  const isReadOnly = options.isReadOnly ?? false;
  const store = new FsStore(resolve(options.directory), options.clock ?? systemClock, isReadOnly);
  if (!isReadOnly) await store.prepare();
  return store;
}

class FsStore implements ObjectStore {
  readonly keepsData = true;
  readonly location: string;
  private readonly temporary: string;

  constructor(
    private readonly root: string,
    private readonly clock: Clock,
    private readonly isReadOnly: boolean,
  ) {
    this.location = `folder "${root}"`;
    this.temporary = join(root, '.tmp');
  }

  prepare(): Promise<void> {
    return this.translated(async () => {
      await mkdir(this.temporary, { recursive: true, mode: 0o750 });
      await syncFolder(this.root);
      await this.removeStale();
    });
  }

  async put(key: string, body: ObjectBody): Promise<number> {
    checkKey(key);
    this.mustBeWritable();
    const temporary = join(this.temporary, randomUUID());
    return this.translated(() => writeDurably({ root: this.root, temporary, target: join(this.root, key) }, body));
  }

  async putFirst(folder: string, objects: readonly FirstObject[]): Promise<boolean> {
    checkFirst(folder, objects);
    this.mustBeWritable();
    const temporary = join(this.temporary, randomUUID());
    return this.translated(() => writeFolderDurably({ root: this.root, temporary, target: join(this.root, folder) }, objects));
  }

  async get(key: string, range: ByteRange = { offset: 0 }): Promise<AsyncIterable<Uint8Array>> {
    checkKey(key);
    if ((await this.head(key)) === undefined) throw new ObjectNotFound(key);
    return this.read(key, range);
  }

  async head(key: string): Promise<ObjectInfo | undefined> {
    checkKey(key);
    return this.translated(() => this.info(key));
  }

  async list(prefix: string, { after = '', limit = MAX_PAGE }: { after?: string; limit?: number } = {}): Promise<ObjectPage> {
    checkPrefix(prefix);
    const size = Math.min(limit, MAX_PAGE);
    return this.translated(async () => {
      const objects: ObjectInfo[] = [];
      for await (const key of walkKeys(this.root, prefix, after)) {
        if (objects.length === size) return { objects, next: objects.at(-1)?.key };
        const info = await this.info(key);
        if (info !== undefined) objects.push(info);
      }
      return { objects, next: undefined };
    });
  }

  async delete(key: string): Promise<void> {
    checkKey(key);
    this.mustBeWritable();
    await this.translated(async () => {
      if ((await this.info(key)) === undefined) return;
      await rm(join(this.root, key), { force: true });
      await syncFolder(dirname(join(this.root, key)));
    });
  }

  async check(): Promise<void> {
    await this.translated(async () => {
      if (this.isReadOnly) return void (await readdir(this.root));
      const path = join(this.temporary, randomUUID());
      await (await open(path, 'wx')).close();
      await rm(path);
    });
  }

  private mustBeWritable(): void {
    if (this.isReadOnly) throw new StoreMisconfigured(this.location, 'it was opened for reading only');
  }

  private async info(key: string): Promise<ObjectInfo | undefined> {
    try {
      const found = await stat(join(this.root, key));
      return found.isFile() ? { key, bytes: found.size, modifiedAt: found.mtimeMs } : undefined;
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  private async *read(key: string, { offset, length }: ByteRange): AsyncGenerator<Uint8Array, void, undefined> {
    if (length === 0) return;
    const end = length === undefined ? {} : { end: offset + length - 1 };
    try {
      yield* createReadStream(join(this.root, key), { start: offset, ...end }) as AsyncIterable<Buffer>;
    } catch (error) {
      throw isAbsent(error) ? new ObjectNotFound(key) : this.unavailable(error);
    }
  }

  private async removeStale(): Promise<void> {
    const limit = this.clock.now() - STALE_TEMPORARY_MS;
    for (const name of await readdir(this.temporary)) {
      const path = join(this.temporary, name);
      const found = await stat(path).catch(() => undefined);
      if (found !== undefined && found.mtimeMs < limit) await rm(path, { recursive: true, force: true });
    }
  }

  private async translated<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.unavailable(error);
    }
  }

  /** Returns an error of the file system (full, read-only, forbidden, …) as StoreUnavailable, and any other error as it is. */
  private unavailable(error: unknown): unknown {
    const isSystem = error instanceof Error && 'syscall' in error;
    return isSystem ? new StoreUnavailable(this.location, error.message, error) : error;
  }
}

const isAbsent = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
