/** User keys in the formats of all clients, created with the usual tools. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parsePrivateKey, type PrivateKey } from '@sallyport/ssh';
import { mustRun } from '../run-program.ts';

/** The key types in files; FIDO keys are in software-authenticator.ts. */
export const USER_KEY_TYPES = ['ed25519', 'ecdsa-256', 'ecdsa-384', 'ecdsa-521', 'rsa-3072'] as const;
export type UserKeyType = (typeof USER_KEY_TYPES)[number];

/** Paths of one key. `certificate` is set after a CA has signed it. */
export interface UserKey {
  readonly type: UserKeyType;
  readonly openSsh: string;
  readonly putty: string;
  readonly dropbear: string;
  readonly key: PrivateKey;
  readonly certificate?: string;
}

/** Creates a key in OpenSSH's, PuTTY's and dropbear's formats. */
export async function makeUserKey(folder: string, type: UserKeyType, name: string = type): Promise<UserKey> {
  const openSsh = join(folder, name);
  const [family = '', bits] = type.split('-');
  await mustRun('ssh-keygen', ['-q', '-t', family, ...(bits === undefined ? [] : ['-b', bits]), '-N', '', '-C', name, '-f', openSsh]);
  await mustRun('puttygen', [openSsh, '-O', 'private', '-o', `${openSsh}.ppk`]);
  await mustRun('dropbearconvert', ['openssh', 'dropbear', openSsh, `${openSsh}.dropbear`]);
  return { type, openSsh, putty: `${openSsh}.ppk`, dropbear: `${openSsh}.dropbear`, key: await parsePrivateKey(await readFile(openSsh)) };
}
