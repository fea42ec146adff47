import { createHash } from 'node:crypto';
import { chmod, chown, mkdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { SystemUser } from './unix-user.js';

/** Where data goes whose chosen folder its user can't reach. */
const ELSEWHERE = '/var/lib/sallyport';

/** Whether any user can walk to `path`: every folder above it has the search bit for others. */
export async function isReachableByOthers(path: string): Promise<boolean> {
  for (let dir = dirname(resolve(path)); ; dir = dirname(dir)) {
    const info = await stat(dir).catch(() => undefined);
    if (info !== undefined && (info.mode & 0o001) === 0) return false;
    if (dir === dirname(dir)) return true;
  }
}

/**
 * The folder `user` keeps data in that should be at `wanted`: that very place where the user can get there, else one of the same
 * purpose below /var/lib/sallyport, told apart by a hash of the wanted path. A folder in root's home is such a case.
 */
export async function placeForUser(wanted: string, user: SystemUser | undefined): Promise<string> {
  if (user === undefined || (await isReachableByOthers(wanted))) return makeFolder(wanted, user);
  const mark = createHash('sha256').update(resolve(wanted)).digest('hex').slice(0, 12);
  return makeFolder(join(ELSEWHERE, `${basename(wanted)}-${mark}`), user);
}

async function makeFolder(path: string, user: SystemUser | undefined): Promise<string> {
  await makeParents(dirname(path), user !== undefined);
  await mkdir(path, { recursive: true, mode: 0o700 });
  if (user !== undefined) await chown(path, user.uid, user.gid);
  return path;
}

/** Makes the missing folders on the way; open to be walked through when somebody else has to, whatever the umask says. */
async function makeParents(path: string, open: boolean): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (!open || first === undefined) return;
  for (let dir = path; dir.length >= first.length; dir = dirname(dir)) await chmod(dir, 0o755);
}
