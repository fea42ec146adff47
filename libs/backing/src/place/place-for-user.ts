import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { SystemUser } from './unix-user.js';

/** Folder of data whose chosen folder their user can't reach. */
const ELSEWHERE = '/var/lib/sallyport';

/** File in the chosen folder that names the folder of its data. Without it the part starts afresh. */
const MARK = 'is-kept-at';

/** Returns true if every user can walk to `path`: each folder above it has the search bit for others. */
export async function isReachableByOthers(path: string): Promise<boolean> {
  for (let dir = dirname(resolve(path)); ; dir = dirname(dir)) {
    const info = await stat(dir).catch(() => undefined);
    if (info !== undefined && (info.mode & 0o001) === 0) return false;
    if (dir === dirname(dir)) return true;
  }
}

/**
 * Returns the folder that `user` keeps the data of `wanted` in: `wanted` itself if the user can reach it, else a folder below
 * /var/lib/sallyport, whose name is written into `wanted`. A folder in root's home is such a case.
 */
export async function placeForUser(wanted: string, user: SystemUser | undefined): Promise<string> {
  const kept = await readFile(join(wanted, MARK), 'utf8').catch(() => undefined);
  if (kept !== undefined) return makeFolder(kept.trim(), user);
  if (user === undefined || (await isReachableByOthers(wanted))) return makeFolder(wanted, user);
  const elsewhere = join(ELSEWHERE, `${basename(wanted)}-${randomBytes(6).toString('hex')}`);
  await mkdir(wanted, { recursive: true });
  await writeFile(join(wanted, MARK), `${elsewhere}\n`);
  return makeFolder(elsewhere, user);
}

async function makeFolder(path: string, user: SystemUser | undefined): Promise<string> {
  await makeParents(dirname(path), user !== undefined);
  await mkdir(path, { recursive: true, mode: 0o700 });
  if (user !== undefined) await chown(path, user.uid, user.gid);
  return path;
}

/** Makes the missing folders on the way. With `open` every user can walk through them, whatever the umask is. */
async function makeParents(path: string, open: boolean): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (!open || first === undefined) return;
  for (let dir = path; dir.length >= first.length; dir = dirname(dir)) await chmod(dir, 0o755);
}
