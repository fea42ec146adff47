import { spawn } from 'node:child_process';
import type { RunningPart } from '@sallyport/backing';
import { replaceFile } from '../data/keep-file.js';
import type { Site } from '../parts/backing-units.js';
import { DEMO } from '../seed/seed-demo.js';
import type { Supervised } from '../supervise/keep-running.js';

/** Facts of a running installation for scripts (run.json). Contains the first admin password. */
export interface RunFile {
  /** Process id of the launcher. The file goes when that process does. */
  readonly pid: number;
  readonly api: string;
  readonly ssh: { readonly host: string; readonly port: number };
  readonly admin: { readonly username: string; readonly password: string };
  readonly demo: { readonly username: string; readonly private_key_file: string; readonly asset: string; readonly account: string };
  /** `health` is the URL of the health port, which also answers `/metrics`. */
  readonly services: readonly { readonly name: string; readonly pid: number; readonly health: string }[];
  readonly backing: readonly { readonly name: string; readonly pid: number; readonly url: string }[];
  readonly public_key_file: string;
}

/**
 * Returns the facts. The password is the one that the admin was created with: it must be changed at the first login, and the launcher does
 * not learn the new one.
 */
export function describeRun(site: Site, supervised: readonly Supervised[], account: string, adminPassword: string): RunFile {
  const parts = (kind: 'service' | 'backing'): RunningPart[] =>
    supervised.filter((each) => each.unit.kind === kind).map((each) => each.current());
  return {
    pid: process.pid,
    api: `http://127.0.0.1:${site.ports.http}`,
    ssh: { host: '127.0.0.1', port: site.ports.ssh },
    admin: { username: 'admin', password: adminPassword },
    demo: { username: DEMO.user, private_key_file: site.secrets.demoUser.privateKeyFile, asset: DEMO.asset, account },
    services: parts('service').map(({ name, pid, url }) => ({ name, pid, health: url })),
    backing: parts('backing').map(({ name, pid, url }) => ({ name, pid, url })),
    public_key_file: site.secrets.signingPublicKeyFile,
  };
}

/** Removes DIR/run.json when this process ends, also when it is killed: the shell then reads the end of its input. */
export function removeWithUs(site: Site): void {
  const script = 'cat >/dev/null; grep -q "\\"pid\\": $1," "$2" && rm -f "$2"';
  const argv = ['-c', script, 'run-file', String(process.pid), site.data.in('run.json')];
  spawn('/bin/sh', argv, { stdio: ['pipe', 'ignore', 'ignore'], detached: true }).unref();
}

/** Writes DIR/run.json, mode 0600, in one step. */
export function writeRunFile(site: Site, run: RunFile): Promise<void> {
  return replaceFile(site.data.in('run.json'), `${JSON.stringify(run, undefined, 2)}\n`);
}
