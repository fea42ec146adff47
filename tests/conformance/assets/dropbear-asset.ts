import { randomBytes } from 'node:crypto';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';
import { mustRun, runProgram } from '../run-program.ts';
import { startAssetProgram, stopAssetProgram, type Asset, type AssetKeys } from './asset.ts';

/** Starts dropbear and creates a system user for it: dropbear accepts only system users with home folders. */
export async function startDropbearAsset(folder: string, { authorizedKeys }: AssetKeys): Promise<Asset> {
  if (process.getuid?.() !== 0) throw new Error('dropbear accepts only system users, and only root can create one for a test: run as root');
  const [user, password, port] = [`db${randomBytes(4).toString('hex')}`, randomBytes(12).toString('hex'), await freePort()];
  await makeUser(folder, user, password, authorizedKeys);
  const keys = await Promise.all((['ed25519', 'ecdsa', 'rsa'] as const).map((type) => makeHostKey(folder, type)));
  const child = await startAssetProgram(
    '/usr/sbin/dropbear',
    ['-F', '-E', '-p', `127.0.0.1:${port}`, '-P', join(folder, 'dropbear.pid'), ...keys.flatMap((file) => ['-r', file])],
    port,
  );
  return {
    name: 'dropbear',
    version: (await runProgram('/usr/sbin/dropbear', ['-V'])).stderr.trim(),
    port,
    user,
    password,
    hasInteractive: false,
    hasCertificates: false,
    hasFido: true,
    close: async () => {
      await stopAssetProgram(child);
      await runProgram('pkill', ['-KILL', '-u', user]);
      await runProgram('userdel', ['--force', user]);
    },
  };
}

const makeUser = async (folder: string, user: string, password: string, authorizedKeys: string): Promise<void> => {
  const home = join(folder, user);
  await mustRun('useradd', ['--create-home', '--home-dir', home, '--shell', '/bin/sh', user]);
  await mustRun('chpasswd', [], { input: `${user}:${password}\n` });
  await mkdir(join(home, '.ssh'));
  await writeFile(join(home, '.ssh', 'authorized_keys'), authorizedKeys);
  await chmod(home, 0o700);
  await chmod(join(home, '.ssh'), 0o700);
  await chmod(join(home, '.ssh', 'authorized_keys'), 0o600);
  await mustRun('chown', ['-R', `${user}:${user}`, home]);
  await chmod(folder, 0o755);
};

const makeHostKey = async (folder: string, type: string): Promise<string> => {
  const file = join(folder, `dropbear-${type}`);
  await mustRun('dropbearkey', ['-t', type, '-f', file]);
  return file;
};
