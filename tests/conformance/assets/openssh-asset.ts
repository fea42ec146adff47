import { anSshd } from '@sallyport/testkit';
import { makeUserKey } from '../keys/user-key.ts';
import { runProgram } from '../run-program.ts';
import type { Asset, AssetKeys } from './asset.ts';

/** Algorithms that OpenSSH supports but does not offer by default: for the engine's legacy profile. */
const LEGACY = [
  'KexAlgorithms +diffie-hellman-group14-sha1,diffie-hellman-group1-sha1',
  'Ciphers +aes256-cbc,aes192-cbc,aes128-cbc,3des-cbc',
  'MACs +hmac-sha1,hmac-sha1-etm@openssh.com',
  'HostKeyAlgorithms +ssh-rsa',
  'PubkeyAcceptedAlgorithms +ssh-rsa',
];

/** Starts OpenSSH's sshd with host keys of all types. */
export async function startOpenSshAsset(folder: string, { authorizedKeys, authorityFile }: AssetKeys): Promise<Asset> {
  const hosts = await Promise.all(
    (['ecdsa-256', 'ecdsa-384', 'ecdsa-521'] as const).map((type) => makeUserKey(folder, type, `sshd-${type}`)),
  );
  const sshd = await anSshd({
    logins: [{ shell: '/bin/sh' }],
    configLines: [
      ...LEGACY,
      'MaxStartups 100:30:200',
      'KbdInteractiveAuthentication no',
      `TrustedUserCAKeys ${authorityFile}`,
      ...hosts.map(({ openSsh }) => `HostKey ${openSsh}`),
    ],
  });
  const [{ username, password = '' }] = sshd.logins;
  await sshd.authorize(username, authorizedKeys.trim().split('\n'));
  return {
    name: 'OpenSSH',
    version: (await runProgram('ssh', ['-V'])).stderr.trim().split(',')[0]!,
    port: sshd.port,
    user: username,
    password,
    hasInteractive: false,
    hasCertificates: true,
    hasFido: true,
    close: () => sshd.remove(),
  };
}
