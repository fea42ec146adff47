import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { clientPaths } from '../client-paths.mjs';
import type { Client } from './client.ts';
import { workerClient } from './worker-client.ts';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const paths = clientPaths();

const pinned = (name: string): string =>
  `${name} ${new RegExp(`^${name}==(.*)$`, 'm').exec(readFileSync(here('requirements.txt'), 'utf8'))?.[1]}`;

export const paramiko: Client = workerClient({
  name: 'paramiko',
  version: pinned('paramiko'),
  command: [paths.python, here('paramiko_worker.py')],
  logins: ['password', 'interactive', 'key', 'certificate'],
  hasSftp: true,
});

export const asyncssh: Client = workerClient({
  name: 'asyncssh',
  version: pinned('asyncssh'),
  command: [paths.python, here('asyncssh_worker.py')],
  logins: ['password', 'interactive', 'key', 'certificate', 'agent'],
  hasSftp: true,
});

export const libssh: Client = workerClient({
  name: 'libssh',
  version: pinned('ssh-python'),
  command: [paths.python, here('libssh_worker.py')],
  // It does not combine an Ed25519 certificate with its key, though it reads both.
  lacks: ['ssh-ed25519-cert-v01@openssh.com'],
  logins: ['password', 'interactive', 'key', 'certificate'],
  hasSftp: true,
});

export const goSsh: Client = workerClient({
  name: 'Go x/crypto',
  version: `x/crypto ${/x\/crypto (\S+)/.exec(readFileSync(here('go/go.mod'), 'utf8'))?.[1]}`,
  command: [paths.goClient],
  logins: ['password', 'interactive', 'key', 'certificate', 'agent'],
  hasSftp: false,
});

export const npmSsh2: Client = workerClient({
  name: 'npm ssh2',
  version: 'ssh2 1.17.0',
  command: [process.execPath, here('ssh2-worker.mjs')],
  logins: ['password', 'interactive', 'key'],
  hasSftp: true,
});
