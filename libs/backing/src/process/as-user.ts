import type { SystemUser } from '../place/unix-user.js';

/** A command line, never empty. */
export type Argv = [string, ...string[]];

/** Returns the command line that runs `argv` as another user (root only), or `argv` itself. */
export function asUser(user: SystemUser | undefined, argv: Argv): Argv {
  return user === undefined ? argv : ['setpriv', ...identity(user), '--', ...argv];
}

/**
 * Returns the command line of a child that must not outlive this process. The kernel sends it `signal` when the thread that started it is
 * gone, also after a SIGKILL that left us no chance to stop it. setpriv is in util-linux, which Debian marks essential.
 */
export function boundToParent(signal: NodeJS.Signals, user: SystemUser | undefined, argv: Argv): Argv {
  return ['setpriv', '--pdeathsig', signal.slice('SIG'.length), ...(user === undefined ? [] : identity(user)), '--', ...argv];
}

function identity(user: SystemUser): string[] {
  return ['--reuid', String(user.uid), '--regid', String(user.gid), '--init-groups'];
}
