import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../free-port.ts';
import { makeUserKey, USER_KEY_TYPES } from '../keys/user-key.ts';
import { clientPaths } from '../client-paths.mjs';
import { startAssetProgram, stopAssetProgram, type Asset, type AssetKeys } from './asset.ts';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Starts asyncssh's server, which also supports post-quantum key exchange and keyboard-interactive. */
export async function startAsyncsshAsset(folder: string, { authorizedKeys, authorityFile }: AssetKeys): Promise<Asset> {
  const [user, password, port] = ['carol', randomBytes(12).toString('hex'), await freePort()];
  const [passwordFile, keysFile] = [join(folder, 'asyncssh-password'), join(folder, 'asyncssh-keys')];
  await writeFile(passwordFile, password);
  await writeFile(keysFile, `${authorizedKeys.trim()}\ncert-authority ${await readFile(authorityFile, 'utf8')}`);
  const hosts = await Promise.all(USER_KEY_TYPES.map((type) => makeUserKey(folder, type, `asyncssh-${type}`)));
  const child = await startAssetProgram(
    clientPaths().python,
    [here('asyncssh_server.py'), String(port), user, passwordFile, keysFile, ...hosts.map(({ openSsh }) => openSsh)],
    port,
  );
  const [, version] = /^asyncssh==(.*)$/m.exec(await readFile(here('../clients/requirements.txt'), 'utf8'))!;
  return {
    name: 'asyncssh',
    version: `asyncssh ${version}`,
    port,
    user,
    password,
    hasInteractive: true,
    hasCertificates: true,
    hasFido: true,
    close: () => stopAssetProgram(child),
  };
}
