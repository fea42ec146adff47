import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRoot } from '../config.js';
import { claimPort } from '../network/free-port.js';
import type { RunningPart } from '../part.js';
import { placeForUser } from '../place/place-for-user.js';
import { currentUser } from '../place/system-user.js';
import { requireTool } from '../process/find-tool.js';
import { spawnPart } from '../process/spawn-part.js';
import { greetsAsSsh } from './greets-as-ssh.js';
import { sshdConfig } from './sshd-config.js';
import type { SshdOptions } from './sshd-options.js';
import { placeHostKeys } from './sshd-host-keys.js';

/** A running OpenSSH server. */
export interface Sshd extends RunningPart {
  /** Public host keys, one line each, without a host name. */
  readonly hostKeys: readonly string[];
  /** Sets the keys (authorized_keys lines) that `user` may log in with from the next login on. */
  authorize(user: string, publicKeys: readonly string[]): Promise<void>;
}

/**
 * Starts OpenSSH's sshd on 127.0.0.1 with a configuration and host keys of its own.
 * @throws ToolMissing, PortTaken, PartExited, PartNotReady
 */
export async function startSshd(options: SshdOptions): Promise<Sshd> {
  const program = requireTool('sshd', 'install the package openssh-server');
  // Root's sshd serves users that must reach their keys, so its folder has to be open to them as well.
  const place = await placeForUser(options.directory, isRoot() ? await currentUser() : undefined);
  await mkdir(join(place, 'keys'), { recursive: true });
  await chmod(place, 0o755); // a login's own process, which is not root, reads its keys file here
  if (isRoot()) await mkdir('/run/sshd', { recursive: true }); // sshd chroots into it before login
  const hostKeys = await placeHostKeys(place, options.hostKeys);
  const port = await claimPort('sshd', options.port, options.portHint);
  const config = join(place, 'sshd_config');
  await writeFile(config, sshdConfig({ port, place, options, hostKeyFiles: hostKeys.files }));
  const part = await spawnPart({
    name: 'sshd',
    argv: [program, '-D', '-e', '-f', config],
    port,
    url: `ssh://127.0.0.1:${port}`,
    logFile: join(place, 'sshd.log'),
    ready: () => greetsAsSsh(port),
  });
  return { ...part, hostKeys: hostKeys.publicKeys, authorize: (name, keys) => authorize(place, name, keys) };
}

async function authorize(place: string, user: string, publicKeys: readonly string[]): Promise<void> {
  await writeFile(join(place, 'keys', user), publicKeys.map((line) => `${line}\n`).join(''), { mode: 0o644 });
}
