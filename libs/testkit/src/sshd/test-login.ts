import { currentUser, isRoot, runCommand, tryCommand } from '@sallyport/backing';
import { makeSshKey, type SshKeyType } from '@sallyport/keys';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Options of a login. By default a random name and password, Ed25519 and bash. */
export interface LoginOptions {
  readonly username?: string;
  readonly password?: string;
  readonly keyType?: SshKeyType;
  readonly shell?: string;
}

/** A login of a test's sshd. */
export interface TestLogin {
  readonly username: string;
  /** Undefined when not root: a plain user's sshd can't read the shadow file. */
  readonly password: string | undefined;
  readonly privateKey: string;
  /** The same key as a file that OpenSSH's client reads. */
  readonly privateKeyFile: string;
  readonly publicKey: string;
  readonly home: string;
  readonly isMade: boolean;
}

/** Creates a login. As root that is a user of the system with its home in `folder`. */
export async function makeLogin(folder: string, options: LoginOptions): Promise<TestLogin> {
  const username = isRoot() ? (options.username ?? `sp${randomBytes(5).toString('hex')}`) : (await currentUser()).name;
  const key = await makeSshKey(options.keyType ?? 'ed25519', username);
  const privateKeyFile = join(folder, `${username}.key`);
  await writeFile(privateKeyFile, key.privateKey, { mode: 0o600 });
  const login = { username, privateKey: key.privateKey, privateKeyFile, publicKey: key.publicKey };
  if (!isRoot()) return { ...login, password: undefined, home: (await currentUser()).home, isMade: false };
  const password = options.password ?? randomBytes(12).toString('base64url');
  const home = join(folder, `home-${username}`);
  await runCommand('useradd', ['--create-home', '--home-dir', home, '--shell', options.shell ?? '/bin/bash', username]);
  await runCommand('chpasswd', [], { input: `${username}:${password}\n` });
  return { ...login, password, home, isMade: true };
}

/** Removes a user that makeLogin created, and kills its processes. */
export async function removeLogin(login: TestLogin): Promise<void> {
  if (!login.isMade) return;
  await tryCommand('pkill', ['-KILL', '-u', login.username]);
  await tryCommand('userdel', ['--force', login.username]);
}
