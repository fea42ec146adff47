/** PuTTY's programs: plink runs commands, psftp and pscp transfer files. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram, type Run, type RunOptions } from '../run-program.ts';
import type { Client, Destination } from './client.ts';

/** A separate home folder, in which PuTTY keeps settings and host keys. */
const home = mkdtempSync(join(tmpdir(), 'conformance-putty-'));

const optionsFor = ({ port, user, hostKey, login }: Destination): string[] => [
  '-batch',
  '-P',
  String(port),
  '-l',
  user,
  '-hostkey',
  hostKey,
  ...(login.kind === 'key'
    ? ['-noagent', '-i', login.key.putty, ...(login.key.certificate === undefined ? [] : ['-cert', login.key.certificate])]
    : []),
  ...(login.kind === 'password' || login.kind === 'interactive' ? ['-noagent', '-pw', login.password] : []),
];

const run = (program: string, args: readonly string[], { login }: Destination, options: RunOptions = {}): Promise<Run> =>
  runProgram(program, args, { ...options, env: { HOME: home, ...(login.kind === 'agent' && { SSH_AUTH_SOCK: login.socket }) } });

const version = async (program: string): Promise<string> =>
  `${program} ${/Release ([\d.]+)/.exec((await runProgram(program, ['-V'])).stdout.toString())?.[1]}`;

const logins = ['password', 'interactive', 'key', 'certificate', 'agent'] as const;

export const plink: Client = {
  name: 'plink',
  logins,
  version: () => version('plink'),
  exec: async (to, command, inputFile) =>
    run('plink', ['-ssh', '-no-antispoof', ...optionsFor(to), '127.0.0.1', command], to, {
      input: inputFile === undefined ? '' : await readFile(inputFile),
    }),
};

export const psftp: Client = {
  name: 'psftp',
  logins,
  version: () => version('psftp'),
  sftp: (to, local, remote, back) => {
    const batch = `${back}.batch`;
    writeFileSync(batch, `put ${local} ${remote}\nget ${remote} ${back}\nquit\n`);
    return run('psftp', [...optionsFor(to), '-b', batch, '127.0.0.1'], to);
  },
};

export const pscp: Client = {
  name: 'pscp',
  logins,
  version: () => version('pscp'),
  sftp: async (to, local, remote, back) => {
    const put = await run('pscp', ['-q', '-sftp', ...optionsFor(to), local, `127.0.0.1:${remote}`], to);
    return put.status === 0 ? run('pscp', ['-q', '-sftp', ...optionsFor(to), `127.0.0.1:${remote}`, back], to) : put;
  },
};
