import { type Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Returns the keys below `root` that begin with `prefix` and come behind `after`, in the order of their bytes. A folder sorts as its name
 * with "/" behind it: "a.b" comes before "a/b" as "." comes before "/". Whole folders that lie before `after` are not opened.
 */
export async function* walkKeys(root: string, prefix: string, after: string): AsyncGenerator<string, void, undefined> {
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  yield* walk(root, folder, prefix, after);
}

async function* walk(root: string, folder: string, prefix: string, after: string): AsyncGenerator<string, void, undefined> {
  for (const { key, isFolder } of await entries(join(root, folder), folder)) {
    if (!key.startsWith(prefix)) continue;
    if (!isFolder) {
      if (key > after) yield key;
    } else if (key > after || after.startsWith(key)) {
      yield* walk(root, key, prefix, after);
    }
  }
}

async function entries(path: string, folder: string): Promise<{ key: string; isFolder: boolean }[]> {
  const found = await readFolder(path);
  return found
    .filter((entry) => !entry.name.startsWith('.'))
    .map((entry) => ({ key: `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}`, isFolder: entry.isDirectory() }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

async function readFolder(path: string): Promise<Dirent[]> {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}
