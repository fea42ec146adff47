import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeSshKey } from '@sallyport/keys';

/** A host key as text: an OpenSSH private key file and the public line. */
export interface HostKey {
  readonly privateKey: string;
  readonly publicKey: string;
}

/** Host keys as files and as public lines. */
export interface HostKeys {
  readonly files: readonly string[];
  readonly publicKeys: readonly string[];
}

/** Writes the given host keys to `place`, or makes an Ed25519 and an RSA one unless they exist: an asset keeps its identity. */
export async function placeHostKeys(place: string, given: readonly HostKey[] | undefined): Promise<HostKeys> {
  const keys = given ?? [await keptKey(place, 'ed25519'), await keptKey(place, 'rsa')];
  const files = keys.map((_key, index) => join(place, `host_key_${index}`));
  for (const [index, file] of files.entries()) await writeFile(file, keys[index]?.privateKey ?? '', { mode: 0o600 });
  return { files, publicKeys: keys.map((key) => key.publicKey) };
}

async function keptKey(place: string, type: 'ed25519' | 'rsa'): Promise<HostKey> {
  const file = join(place, `host_${type}.json`);
  const kept = await readFile(file, 'utf8').catch(() => undefined);
  if (kept !== undefined) return JSON.parse(kept) as HostKey;
  const key = await makeSshKey(type, 'host');
  await writeFile(file, JSON.stringify(key), { mode: 0o600 });
  return key;
}
