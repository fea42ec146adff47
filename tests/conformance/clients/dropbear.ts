import { readFile } from 'node:fs/promises';
import { runProgram } from '../run-program.ts';
import type { Client, ClientLogin } from './client.ts';

const loginOptions = (login: ClientLogin): string[] => (login.kind === 'key' ? ['-i', login.key.dropbear] : []);
const secretOf = (login: ClientLogin): NodeJS.ProcessEnv =>
  login.kind === 'password' || login.kind === 'interactive' ? { DROPBEAR_PASSWORD: login.password } : {};

export const dbclient: Client = {
  name: 'dbclient',
  logins: ['password', 'interactive', 'key'],
  lacks: ['rsa-sha2-512'],
  version: async () => (await runProgram('dbclient', ['-V'])).stderr.trim(),
  exec: async ({ port, user, login }, command, inputFile) =>
    runProgram('dbclient', ['-y', '-y', '-T', '-p', String(port), ...loginOptions(login), `${user}@127.0.0.1`, command], {
      input: inputFile === undefined ? '' : await readFile(inputFile),
      env: secretOf(login),
    }),
};
