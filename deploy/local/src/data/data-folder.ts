import { createHash } from 'node:crypto';
import { mkdir, realpath } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DataFolderInUse, DataFolderUnusable } from '../local.errors.js';

/** The folder that contains everything that one installation keeps. */
export interface DataFolder {
  readonly path: string;
  /** Returns the path of a private key or a password: mode 0700. */
  secret(name: string): string;
  log(name: string): string;
  in(...names: string[]): string;
}

/**
 * Creates the folder and locks it for this process.
 * @throws DataFolderInUse, DataFolderUnusable
 */
export async function openDataFolder(path: string): Promise<DataFolder> {
  await makeFolders(path);
  await lockFolder(await realpath(path));
  return {
    path,
    secret: (name) => join(path, 'secrets', name),
    log: (name) => join(path, 'log', `${name}.log`),
    in: (...names) => join(path, ...names),
  };
}

async function makeFolders(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o711 }); // PostgreSQL's user has to reach its own folder inside
    for (const name of ['secrets', 'log']) await mkdir(join(path, name), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new DataFolderUnusable(path, error as NodeJS.ErrnoException);
  }
}

/**
 * Locks the folder with an abstract socket named after it. The kernel lets one process hold it, and frees it when that process has ended in
 * any way.
 */
function lockFolder(path: string): Promise<void> {
  const name = `\0sallyport-data-${createHash('sha256').update(path).digest('hex').slice(0, 32)}`;
  const server = createServer((visitor) => visitor.destroy());
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new DataFolderInUse(path) : new DataFolderUnusable(path, error)),
    );
    server.listen(name, () => {
      server.unref();
      resolve();
    });
  });
}
