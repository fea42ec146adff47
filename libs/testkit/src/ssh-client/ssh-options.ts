import { configPath } from '@sallyport/backing';
import { writeFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Login name, address and credential of a connection. */
export interface SshTarget {
  readonly host?: string;
  readonly port: number;
  /** The whole login name, e.g. `user@account@asset`. */
  readonly user: string;
  readonly privateKeyFile?: string | undefined;
  /** Answer to every prompt of the client. Used without a key. */
  readonly password?: string | undefined;
  /** More `-o` settings, e.g. `['ServerAliveInterval=1']`. The first value of a keyword wins, so these come first. */
  readonly options?: readonly string[];
  /** Kept between connections, so that a changed host key is noticed. Without it every host key is accepted. */
  readonly knownHostsFile?: string;
}

/** Returns the `-o` settings for a target: nothing from this machine's own configuration or agent, no questions asked. */
export function clientOptions(target: SshTarget): string[] {
  const methods = target.privateKeyFile === undefined ? 'keyboard-interactive,password' : 'publickey';
  const settings = [
    ...(target.options ?? []),
    `UserKnownHostsFile=${configPath(target.knownHostsFile ?? '/dev/null')}`,
    'GlobalKnownHostsFile=/dev/null',
    `StrictHostKeyChecking=${target.knownHostsFile === undefined ? 'no' : 'accept-new'}`,
    'IdentitiesOnly=yes',
    'IdentityAgent=none',
    `PreferredAuthentications=${methods}`,
    'NumberOfPasswordPrompts=1',
    'LogLevel=ERROR',
    'ConnectTimeout=20',
    ...(target.privateKeyFile === undefined ? [] : [`IdentityFile=${configPath(target.privateKeyFile)}`]),
  ];
  return ['-F', '/dev/null', ...settings.flatMap((setting) => ['-o', setting])];
}

let askPassFile: string | undefined;

/** Returns the environment that makes the client read the password from us instead of a terminal (OpenSSH 8.4 and newer). */
export function clientEnvironment(target: SshTarget): Record<string, string> {
  const plain = { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8' };
  if (target.password === undefined) return plain;
  askPassFile ??= writeAskPass();
  return { ...plain, SSH_ASKPASS: askPassFile, SSH_ASKPASS_REQUIRE: 'force', TESTKIT_SSH_ANSWER: target.password };
}

function writeAskPass(): string {
  const file = join(mkdtempSync(join(tmpdir(), 'sallyport-askpass-')), 'askpass');
  writeFileSync(file, '#!/bin/sh\nprintf "%s\\n" "$TESTKIT_SSH_ANSWER"\n', { mode: 0o700 });
  return file;
}
