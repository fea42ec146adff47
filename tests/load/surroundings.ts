import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BulkPlan } from './bulk.ts';
import type { LoadClient } from './client.ts';
import { aNoDelaySshd, type NoDelaySshd } from './nodelay-sshd.ts';
import { buildNoDelayPreload } from './preload.ts';
import { cpuSeconds } from './process-cost.ts';
import type { PathName } from './rounds.ts';
import type { AttackedPath } from './unfair-neighbour.ts';

/** A target, a jump host, and the folder of a run's files. */
export interface Surroundings {
  readonly folder: string;
  readonly preload: string | undefined;
  readonly target: NoDelaySshd;
  readonly jump: NoDelaySshd;
  remove(): Promise<void>;
}

/** A gateway as a client reaches it. */
export interface Entrance {
  readonly port: number;
  readonly user: string;
  readonly keyFile: string;
  /** The gateway's process; its descendants count too. */
  readonly pid: number;
  /** A second user of the same target. */
  readonly attacker?: { readonly user: string; readonly keyFile: string };
  /** More users of the same target. */
  readonly others?: readonly { readonly user: string; readonly keyFile: string }[];
  /** Returns how often its event loops were blocked for more than 50 ms. */
  loopBlocks?(): Promise<number>;
}

/** Starts the target and the jump host. Makes `folder` readable for every user: OpenSSH reads keys there. */
export async function startSurroundings(folder: string): Promise<Surroundings> {
  await chmod(folder, 0o755);
  const preload = buildNoDelayPreload(folder);
  const [target, jump] = [await aNoDelaySshd(folder, preload), await aNoDelaySshd(folder, preload)];
  return { folder, preload, target, jump, remove: async () => void (await Promise.all([target.remove(), jump.remove()])) };
}

/** Returns the jump host's sshd as an attacker reaches it. */
export const jumpOf = ({ jump: { port, login } }: Surroundings): AttackedPath => ({
  path: 'jump',
  port,
  user: login.username,
  keyFile: login.privateKeyFile,
});

/** Writes the payload files and the clients' configuration files: one per gateway, and one for each path without a gateway. */
export async function planBulk(place: Surroundings, gateways: Readonly<Record<PathName, Entrance>>, mib: number): Promise<BulkPlan> {
  const localFile = path.join(place.folder, 'payload');
  await writeFile(localFile, Buffer.alloc(mib * 1024 * 1024, 'sallyport'));
  const remoteFile = `${place.target.login.home}/payload`;
  await writeFile(remoteFile, Buffer.alloc(mib * 1024 * 1024, 'sallyport'));
  // The jump host's cost is unknown: its sshd leaves processes to init, which do not show up in its CPU time.
  const spending = (name: PathName): number => (gateways[name] === undefined ? Number.NaN : cpuSeconds(gateways[name].pid));
  return { client: await writeClient(place, gateways), spending, mib, localFile, remoteFile };
}

/** Writes a configuration file per path to the same target. Ciphers are set there, because `ssh -c` does not apply to a jump's own hop. */
async function writeClient(
  { folder, preload, target, jump }: Surroundings,
  gateways: Readonly<Record<PathName, Entrance>>,
): Promise<LoadClient> {
  const asTarget = (more: readonly string[] = []): string =>
    host('target target-*', target.port, target.login.username, target.login.privateKeyFile, more);
  const files: Record<PathName, string> = {
    direct: asTarget(),
    jump: `${asTarget(['ProxyJump jump'])}\n${host('jump', jump.port, jump.login.username, jump.login.privateKeyFile)}`,
  };
  for (const [name, { port, user, keyFile }] of Object.entries(gateways)) files[name] = host('target target-*', port, user, keyFile);
  const configFiles: Record<PathName, string> = {};
  for (const [name, text] of Object.entries(files)) {
    configFiles[name] = path.join(folder, `ssh_config_${name}`);
    await writeFile(configFiles[name], `${text}\n`, { mode: 0o600 });
  }
  return { preload, configFiles };
}

// All paths use one key exchange: OpenSSH's first choice, sntrup761, is 13 ms slower than the gateway's.
const COMMON = [
  'Ciphers aes128-gcm@openssh.com',
  'KexAlgorithms curve25519-sha256',
  'StrictHostKeyChecking no',
  'UserKnownHostsFile /dev/null',
  'LogLevel ERROR',
  'BatchMode yes',
  'IdentitiesOnly yes',
  'ControlMaster no',
];

const host = (name: string, port: number, user: string, key: string, more: readonly string[] = []): string =>
  [`Host ${name}`, 'HostName 127.0.0.1', `Port ${port}`, `User ${user}`, `IdentityFile ${key}`, ...COMMON, ...more].join('\n  ');
