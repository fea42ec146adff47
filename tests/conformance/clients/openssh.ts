import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { runProgram, type Run } from '../run-program.ts';
import type { Client, ClientLogin, Destination } from './client.ts';

const METHODS = { password: 'password', interactive: 'keyboard-interactive', key: 'publickey', agent: 'publickey' } as const;

const loginOptions = (login: ClientLogin): string[] => {
  const method = ['-o', `PreferredAuthentications=${METHODS[login.kind]}`];
  switch (login.kind) {
    case 'password':
    case 'interactive':
      return [...method, '-o', 'PubkeyAuthentication=no', '-o', 'NumberOfPasswordPrompts=1'];
    case 'agent':
      return [...method, '-o', `IdentityAgent=${login.socket}`];
    case 'key':
      return [
        ...method,
        '-o',
        'IdentityAgent=none',
        '-o',
        'IdentitiesOnly=yes',
        '-i',
        login.key.openSsh,
        ...(login.key.certificate === undefined ? [] : ['-o', `CertificateFile=${login.key.certificate}`]),
      ];
  }
};

/** Returns options of ssh, sftp and scp for a login to a server on this machine, independent of the user's configuration. */
export const openSshOptions = ({ port, user, login }: Omit<Destination, 'hostKey'>): string[] => [
  '-F',
  'none',
  '-o',
  `Port=${port}`,
  '-o',
  `User=${user}`,
  '-o',
  'StrictHostKeyChecking=no',
  '-o',
  'UserKnownHostsFile=/dev/null',
  '-o',
  'LogLevel=ERROR',
  ...loginOptions(login),
];

/** Runs one of OpenSSH's programs, with sshpass if a password has to be typed. */
export const runOpenSsh = (
  program: 'ssh' | 'sftp' | 'scp',
  login: ClientLogin,
  args: readonly string[],
  input?: Buffer | string,
  timeoutMs?: number,
): Promise<Run> => {
  const rest = { input, ...(timeoutMs !== undefined && { timeoutMs }) };
  if (login.kind !== 'password' && login.kind !== 'interactive') return runProgram(program, args, rest);
  return runProgram('sshpass', ['-e', program, ...args], { ...rest, env: { SSHPASS: login.password } });
};

export const openSsh: Client = {
  name: 'OpenSSH',
  logins: ['password', 'interactive', 'key', 'certificate', 'agent'],
  version: async () => (await runProgram('ssh', ['-V'])).stderr.trim().split(',')[0]!,
  exec: async (to, command, inputFile) =>
    runOpenSsh('ssh', to.login, [...openSshOptions(to), '127.0.0.1', command], inputFile === undefined ? '' : await readFile(inputFile)),
  sftp: async (to, local, remote, back) => {
    // sshpass occupies the standard input: the commands come from a file.
    const batch = `${back}.batch`;
    writeFileSync(batch, `put ${local} ${remote}\nget ${remote} ${back}\n`);
    return runOpenSsh(
      'sftp',
      to.login,
      ['-q', '-o', 'BatchMode=no', ...openSshOptions(to), ...(needsTyping(to.login) ? [] : ['-b', batch]), '127.0.0.1'],
      needsTyping(to.login) ? await readFile(batch) : '',
    );
  },
};

const needsTyping = ({ kind }: ClientLogin): boolean => kind === 'password' || kind === 'interactive';
