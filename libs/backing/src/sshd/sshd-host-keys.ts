import { chown, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SystemUser } from '../place/system-user.js';
import { makeSshKey } from '../ssh-key/ssh-key.js';

/** Host keys as files and as public lines. */
export interface HostKeys {
  readonly files: readonly string[];
  readonly publicKeys: readonly string[];
}

/** Makes an Ed25519 and an RSA host key in `place` unless they are there: an asset keeps its identity over restarts. */
export async function ensureHostKeys(place: string, owner: SystemUser | undefined): Promise<HostKeys> {
  const files: string[] = [];
  const publicKeys: string[] = [];
  for (const type of ['ed25519', 'rsa'] as const) {
    const file = join(place, `host_${type}`);
    files.push(file);
    publicKeys.push(await ensureHostKey(file, type, owner));
  }
  return { files, publicKeys };
}

async function ensureHostKey(file: string, type: 'ed25519' | 'rsa', owner: SystemUser | undefined): Promise<string> {
  const kept = await readFile(`${file}.pub`, 'utf8').catch(() => undefined);
  if (kept !== undefined) return kept.trim();
  const key = await makeSshKey(type, 'host');
  await writeFile(file, key.privateKey, { mode: 0o600 });
  if (owner !== undefined) await chown(file, owner.uid, owner.gid);
  await writeFile(`${file}.pub`, `${key.publicKey}\n`);
  return key.publicKey;
}
