import { rename } from 'node:fs/promises';
import { mustRun } from '../run-program.ts';
import type { UserKey } from './user-key.ts';

let made = 0;

/** Returns the key with a certificate of `authority`; `args` are further arguments of ssh-keygen, such as `-n alice` or `-V +1h`. */
export async function signCertificate(authority: Pick<UserKey, 'openSsh'>, key: UserKey, args: readonly string[]): Promise<UserKey> {
  const certificate = await signPublicKey(authority, `${key.openSsh}.pub`, args);
  return { ...key, certificate };
}

/** Signs a public key file with ssh-keygen. Returns the path of the certificate. */
export async function signPublicKey(authority: Pick<UserKey, 'openSsh'>, publicKeyFile: string, args: readonly string[]): Promise<string> {
  made += 1;
  await mustRun('ssh-keygen', ['-q', '-s', authority.openSsh, '-I', `certificate-${made}`, '-z', String(made), ...args, publicKeyFile]);
  const stem = publicKeyFile.replace(/\.pub$/, '');
  const file = `${stem}-${made}-cert.pub`;
  await rename(`${stem}-cert.pub`, file);
  return file;
}
