import {
  currentUser,
  ensureSystemUser,
  findTool,
  greetsAsSsh,
  isRoot,
  runCommand,
  spawnPart,
  startSshd,
  type RunningPart,
  type SystemUser,
} from '@sallyport/backing';
import { chown, mkdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { part, type Site } from '../parts/backing-units.js';
import type { Unit } from '../supervise/unit.js';

/** The user that the demo account logs in as, and its home. */
const DEMO_USER = 'sallyport-demo';
const DEMO_HOME = '/var/lib/sallyport/demo-home';

/** A server to log in to, so that the first session needs no other machine. */
export interface DemoAsset {
  readonly unit: Unit;
  /** The login on it; it accepts the demo account's key only. */
  readonly account: string;
}

/**
 * Starts OpenSSH's own server if it is installed and can allocate a terminal, else a small server of ours. It never logs in root: the demo
 * key leads to a user without rights, or to the user that started everything.
 */
export async function demoAsset(site: Site): Promise<DemoAsset> {
  const user = isRoot() ? await ensureDemoUser() : await currentUser();
  const kind = site.options.demoAsset ?? (findTool('sshd') !== undefined && (await canAllocateTerminals()) ? 'openssh' : 'builtin');
  const start = kind === 'openssh' ? () => startOpenSsh(site, user) : () => startBuiltIn(site, user);
  return { unit: { name: 'demo-asset', kind: 'backing', start }, account: user.name };
}

async function ensureDemoUser(): Promise<SystemUser> {
  const user = await ensureSystemUser(DEMO_USER, DEMO_HOME, '/bin/bash');
  await mkdir(user.home, { recursive: true, mode: 0o755 });
  await chown(user.home, user.uid, user.gid);
  // No password matches "*"; with the "!" of a new user sshd treats the account as locked and refuses keys too.
  await runCommand('usermod', ['--password', '*', DEMO_USER]);
  return user;
}

/**
 * Returns true if sshd can allocate terminals. A plain user's sshd can't change a terminal's group to tty; it allocates one only if the
 * kernel sets that group.
 */
async function canAllocateTerminals(): Promise<boolean> {
  if (isRoot()) return true;
  const mounts = await readFile('/proc/mounts', 'utf8').catch(() => '');
  return mounts.split('\n').some((line) => line.startsWith('devpts /dev/pts ') && line.includes('gid=5'));
}

async function startOpenSsh(site: Site, user: SystemUser): Promise<RunningPart> {
  const sshd = await startSshd({
    ...part(site, 'demo-asset', site.ports.demoAsset),
    users: [user.name],
    hostKeys: [site.secrets.demoHost],
  });
  await sshd.authorize(user.name, [site.secrets.demoAccount.publicKey]);
  return { ...sshd, name: 'demo-asset' };
}

/**
 * Starts the built-in server as the present user. It becomes `user` itself after it has read its own files, which may be readable for root
 * only.
 */
function startBuiltIn(site: Site, user: SystemUser): Promise<RunningPart> {
  const port = site.ports.demoAsset;
  return spawnPart({
    name: 'demo-asset',
    argv: [process.execPath, fileURLToPath(import.meta.resolve('@sallyport/deploy-local/demo-asset'))],
    port,
    url: `ssh://127.0.0.1:${port}`,
    logFile: site.data.log('demo-asset'),
    env: {
      DEMO_PORT: String(port),
      DEMO_USER: user.name,
      DEMO_HOME: user.home,
      DEMO_UID: String(user.uid),
      DEMO_GID: String(user.gid),
      DEMO_HOST_KEY_FILE: site.secrets.demoHost.privateKeyFile,
      DEMO_AUTHORIZED_KEY: site.secrets.demoAccount.publicKey,
    },
    ready: () => greetsAsSsh(port),
  });
}
