import { runProgram, type Run } from '../run-program.ts';
import type { Client, Destination } from './client.ts';

const curl = ({ port, user, login }: Destination, path: string, args: readonly string[]): Promise<Run> => {
  const secret = login.kind === 'password' || login.kind === 'interactive' ? login.password : '';
  // The configuration on standard input keeps the password off the command line.
  const settings = [
    `url = "sftp://127.0.0.1:${port}${path}"`,
    `user = "${user}:${secret}"`,
    ...(login.kind === 'key' ? [`key = "${login.key.openSsh}"`, `pubkey = "${login.key.openSsh}.pub"`] : []),
  ];
  return runProgram('curl', ['-q', '--silent', '--show-error', '--insecure', '--config', '-', ...args], { input: settings.join('\n') });
};

/** libssh2, through curl. */
export const libssh2: Client = {
  name: 'libssh2',
  logins: ['password', 'interactive', 'key'],
  lacks: ['rsa-sha2-512', 'rsa-sha2-256'],
  version: async () => /libssh2\/[\d.]+/.exec((await runProgram('curl', ['-V'])).stdout.toString())?.[0] ?? 'none',
  sftp: async (to, local, remote, back) => {
    const put = await curl(to, remote, ['--upload-file', local]);
    if (put.status !== 0) return put;
    return curl(to, remote, ['--output', back]);
  },
};
