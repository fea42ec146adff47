import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { anSshd, freePort, makeSshKey, waitUntil, type TestLogin } from '@sallyport/testkit';

/** An OpenSSH server. All its sockets have TCP_NODELAY if a preload library was built. */
export interface NoDelaySshd {
  readonly port: number;
  readonly pid: number;
  readonly login: TestLogin;
  remove(): Promise<void>;
}

/** Starts a server with a login of its own and `/bin/sh`: bash reads start-up files, which takes longer than the login itself. */
export async function aNoDelaySshd(folder: string, preload: string | undefined): Promise<NoDelaySshd> {
  const owner = await anSshd({ logins: [{ shell: '/bin/sh' }] }); // makes the login, and removes it
  const [login] = owner.logins;
  const port = await freePort();
  const child = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', await writeConfig(folder, port, login)], {
    env: { ...process.env, ...(preload && { LD_PRELOAD: preload }) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child.stderr.resume();
  if (!(await waitUntil(() => answers(port), 5_000))) throw new Error(`sshd does not listen on ${port}`);
  const remove = async (): Promise<void> => {
    child.kill();
    if (child.exitCode === null) await once(child, 'exit');
    await owner.remove();
  };
  return { port, pid: child.pid ?? 0, login, remove };
}

async function writeConfig(folder: string, port: number, login: TestLogin): Promise<string> {
  const [config, hostKey, keys] = ['conf', 'host', 'keys'].map((name) => path.join(folder, `sshd-${port}.${name}`)) as [
    string,
    string,
    string,
  ];
  await writeFile(hostKey, (await makeSshKey('ed25519', 'host')).privateKey, { mode: 0o600 });
  await writeFile(keys, `${login.publicKey}\n`);
  const lines = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${hostKey}`,
    `AuthorizedKeysFile ${keys}`,
    'PidFile none',
    'UsePAM no',
    'UseDNS no',
    'StrictModes no',
  ];
  await writeFile(
    config,
    [...lines, 'MaxStartups 200:30:400', 'PrintMotd no', 'LogLevel ERROR', 'Subsystem sftp internal-sftp', ''].join('\n'),
  );
  return config;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('error', reject).once('data', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
