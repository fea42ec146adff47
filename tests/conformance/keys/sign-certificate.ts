import { rename } from 'node:fs/promises';
import { mustRun } from '../run-program.ts';
import type { UserKey } from './user-key.ts';

let made = 0;

/** The same key with a certificate by `authority`; `words` are further ones for ssh-keygen, as `-n alice` or `-V +1h`. */
export async function signCertificate(authority: Pick<UserKey, 'openSsh'>, key: UserKey, words: readonly string[]): Promise<UserKey> {
  const certificate = await signPublicKey(authority, `${key.openSsh}.pub`, words);
  return { ...key, certificate };
}

/** Signs a public key file with ssh-keygen; answers the certificate's file. */
export async function signPublicKey(authority: Pick<UserKey, 'openSsh'>, publicKeyFile: string, words: readonly string[]): Promise<string> {
  made += 1;
  await mustRun('ssh-keygen', ['-q', '-s', authority.openSsh, '-I', `certificate-${made}`, '-z', String(made), ...words, publicKeyFile]);
  const stem = publicKeyFile.replace(/\.pub$/, '');
  const file = `${stem}-${made}-cert.pub`;
  await rename(`${stem}-cert.pub`, file);
  return file;
}
