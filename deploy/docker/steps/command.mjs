import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const CA = '/run/secrets/ca';
const withoutCa = { ...process.env, SSL_CERT_FILE: undefined, NODE_EXTRA_CA_CERTS: undefined };

/** Folder of downloaded packages, which the engine keeps between builds. */
export const STORE = '/pnpm-store';

/** Command of pnpm for each installation. */
export const INSTALL = ['install', '--frozen-lockfile', '--ignore-scripts', '--package-import-method', 'copy', '--store-dir', STORE];

/** Runs a program of the build in `cwd` and returns its output. Ends the build if it fails. */
export function command(cwd, file, ...args) {
  const { status, stdout, error } = spawnSync(file, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: existsSync(CA) ? process.env : withoutCa,
  });
  if (status === 0) return stdout;
  console.error(`${stdout}\n${file} ${args.join(' ')} failed: ${error?.message ?? status}`);
  return process.exit(1);
}
