import { isRoot } from '../config.js';
import { CommandFailed } from '../part.errors.js';
import { runCommand, tryCommand } from '../process/run-command.js';
import type { SystemUser } from './unix-user.js';

/** Returns the user of that name, or undefined. */
export async function findUser(name: string): Promise<SystemUser | undefined> {
  const lookup = await tryCommand('getent', ['passwd', name]);
  return lookup.code === 0 ? parsePasswdLine(lookup.stdout.trim()) : undefined;
}

/** Returns the user that this process runs as. */
export async function currentUser(): Promise<SystemUser> {
  const user = await findUser(String(process.getuid?.() ?? -1));
  if (user === undefined) throw new CommandFailed('getent passwd', 'no entry', `user id ${process.getuid?.()} is not in the password file`);
  return user;
}

/** Creates a system user unless one of that name exists. Root only. `shell` is its login shell. */
export async function ensureSystemUser(name: string, home: string, shell = '/usr/sbin/nologin'): Promise<SystemUser> {
  const before = await findUser(name);
  if (before !== undefined) return before;
  await runCommand('useradd', ['--system', '--user-group', '--no-create-home', '--home-dir', home, '--shell', shell, name]);
  const made = await findUser(name);
  if (made === undefined) throw new CommandFailed(`useradd ${name}`, 'no entry', 'the user is not in the password file afterwards');
  return made;
}

/**
 * Returns the user that runs a part which refuses root. It is undefined if this process is not root. Else it is `preferred` if the machine
 * has it (Debian's packages create `postgres`), or a system user of our own.
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
