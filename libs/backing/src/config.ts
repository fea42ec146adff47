import { homedir } from 'node:os';
import { join } from 'node:path';

/** Environment variables that a started part inherits. It gets no other: the caller's tokens are of no use to it. */
const INHERITED = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'LD_LIBRARY_PATH'];

/** Returns true if this process may change its user, install packages and write below /var. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * Returns the folder that keeps downloads between runs: SALLYPORT_CACHE, else ~/.cache/sallyport, else, for root, /var/cache/sallyport.
 * PostgreSQL and Elasticsearch refuse to run as root, and their users can't read root's home.
 */
export function cacheDirectory(): string {
  const chosen = process.env['SALLYPORT_CACHE'];
  if (chosen !== undefined && chosen !== '') return chosen;
  return isRoot() ? '/var/cache/sallyport' : join(homedir(), '.cache', 'sallyport');
}

/** Returns the environment that a part starts with: a short list of inherited variables, then `extra`. */
export function partEnvironment(extra: Record<string, string> = {}): Record<string, string> {
  const inherited = INHERITED.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(inherited), ...extra };
}

/** Returns the directories of PATH and /usr/sbin, which contains sshd and which a plain user's PATH lacks on Debian. */
export function searchPath(): string[] {
  return [...(process.env['PATH'] ?? '').split(':'), '/usr/local/sbin', '/usr/sbin', '/sbin'].filter((dir) => dir !== '');
}

/** Returns ES_JAVA_HOME as the caller set it. */
export function chosenJavaHome(): string | undefined {
  return process.env['ES_JAVA_HOME'];
}
