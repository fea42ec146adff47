import { isRoot } from '../config.js';
import { CommandFailed } from '../part.errors.js';
import { runCommand, tryCommand } from '../process/run-command.js';
import type { SystemUser } from './unix-user.js';

/** The user of that name, or undefined. */
export async function findUser(name: string): Promise<SystemUser | undefined> {
  const lookup = await tryCommand('getent', ['passwd', name]);
  return lookup.code === 0 ? parsePasswdLine(lookup.stdout.trim()) : undefined;
}

/** The user this process runs as. */
export async function currentUser(): Promise<SystemUser> {
  const user = await findUser(String(process.getuid?.() ?? -1));
  if (user === undefined)
    throw new CommandFailed('getent passwd', 'no entry', `user id ${process.getuid?.()} has no entry in the password file`);
  return user;
}

/** Makes a system user when there is none of that name. Root only. `shell` is what a login gets. */
export async function ensureSystemUser(name: string, home: string, shell = '/usr/sbin/nologin'): Promise<SystemUser> {
  const before = await findUser(name);
  if (before !== undefined) return before;
  await runCommand('useradd', ['--system', '--user-group', '--no-create-home', '--home-dir', home, '--shell', shell, name]);
  const made = await findUser(name);
  if (made === undefined) throw new CommandFailed(`useradd ${name}`, 'no entry', 'the user is not in the password file afterwards');
  return made;
}

/**
 * Whom a part runs as that refuses root: nobody else (undefined) when we are not root, else `preferred` where the machine has it
 * (Debian's packages make `postgres`), else a system user of our own.
 */
export async function unprivilegedUser(preferred?: string): Promise<SystemUser | undefined> {
  if (!isRoot()) return undefined;
  const there = preferred === undefined ? undefined : await findUser(preferred);
  return there ?? ensureSystemUser('sallyport-parts', '/nonexistent');
}

function parsePasswdLine(line: string): SystemUser | undefined {
  const [name, , uid, gid, , home] = line.split(':');
  if (name === undefined || uid === undefined || gid === undefined) return undefined;
  return { name, uid: Number(uid), gid: Number(gid), home: home ?? '/' };
}
