import { homedir } from 'node:os';
import { join } from 'node:path';

/** Variables a started part may see. Everything else of ours stays with us: a part has no use for the caller's tokens. */
const INHERITED = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'LD_LIBRARY_PATH'];

/** True when this process may change user, install packages and write below /var. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * Where downloads are kept between runs: SALLYPORT_CACHE, else ~/.cache/sallyport, else, for root, /var/cache/sallyport:
 * PostgreSQL and Elasticsearch refuse to run as root, and their users can't look into root's home.
 */
export function cacheDirectory(): string {
  const chosen = process.env['SALLYPORT_CACHE'];
  if (chosen !== undefined && chosen !== '') return chosen;
  return isRoot() ? '/var/cache/sallyport' : join(homedir(), '.cache', 'sallyport');
}

/** The environment a part starts with: a short list of ours, then `extra`. */
export function partEnvironment(extra: Record<string, string> = {}): Record<string, string> {
  const inherited = INHERITED.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(inherited), ...extra };
}

/** The directories of PATH, with /usr/sbin, which a plain user's PATH lacks on Debian and where sshd is. */
export function searchPath(): string[] {
  return [...(process.env['PATH'] ?? '').split(':'), '/usr/local/sbin', '/usr/sbin', '/sbin'].filter((dir) => dir !== '');
}

/** ES_JAVA_HOME as the caller set it. */
export function chosenJavaHome(): string | undefined {
  return process.env['ES_JAVA_HOME'];
}
