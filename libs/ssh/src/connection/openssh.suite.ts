/** For tests: OpenSSH's server and client on this machine. */
import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parsePrivateKey, type PrivateKey } from '../keys/index.js';
import { dial } from './loopback.suite.js';

const SSHD = '/usr/sbin/sshd';

/** A temporary folder with an ed25519 user key, in files that OpenSSH reads. */
export interface KeyFolder {
  readonly path: string;
  readonly keyFile: string;
  readonly key: PrivateKey;
  remove(): void;
}

export async function makeKeyFolder(): Promise<KeyFolder> {
  const path = mkdtempSync(join(tmpdir(), 'sallyport-ssh-'));
  const keyFile = join(path, 'user');
  spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', keyFile]);
  const key = await parsePrivateKey(readFileSync(keyFile));
  return { path, keyFile, key, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A running sshd that accepts this user with the folder's key. */
export interface OpenSshServer {
  readonly port: number;
  readonly user: string;
  readonly hostKeyBlob: Buffer;
  /** Returns the log so far. */
  log(): string;
  close(): Promise<void>;
}

const freePort = async (): Promise<number> => {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
};

/** Starts sshd with a configuration of its own. `settings` are further lines of sshd_config; they come first. */
export async function startOpenSshServer(folder: KeyFolder, settings: readonly string[] = []): Promise<OpenSshServer> {
  if (!existsSync(SSHD)) throw new Error(`${SSHD} is missing: run apt-get install openssh-server`);
  spawnSync('mkdir', ['-p', '/run/sshd']);
  const hostKeyFile = join(folder.path, 'host');
  if (!existsSync(hostKeyFile)) spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', hostKeyFile]);
  const port = await freePort();
  const configFile = join(folder.path, `sshd-${port}.conf`);
  const logFile = join(folder.path, `sshd-${port}.log`);
  writeFileSync(logFile, '');
  writeFileSync(
    configFile,
    [
      ...settings,
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${hostKeyFile}`,
      'PidFile none',
      'UsePAM no',
      'StrictModes no',
      'PermitRootLogin yes',
      `AuthorizedKeysFile ${folder.keyFile}.pub`,
      'MaxStartups 100:30:200',
      'MaxSessions 50',
      'AllowAgentForwarding yes',
      'AllowStreamLocalForwarding yes',
      'AcceptEnv *',
      'Subsystem sftp internal-sftp',
      'LogLevel VERBOSE',
    ].join('\n'),
  );
  const child = spawn(SSHD, ['-D', '-f', configFile, '-E', logFile], { stdio: 'ignore' });
  await listening(port, child, logFile);
  const hostKeyBlob = Buffer.from(readFileSync(`${hostKeyFile}.pub`, 'utf8').split(' ')[1]!, 'base64');
  return { port, user: userInfo().username, hostKeyBlob, log: () => readFileSync(logFile, 'utf8'), close: () => stop(child) };
}

const listening = async (port: number, child: ChildProcess, logFile: string): Promise<void> => {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`sshd exited: ${readFileSync(logFile, 'utf8')}`);
    try {
      (await dial(port)).destroy();
      return;
    } catch {
      await wait(25);
    }
  }
  throw new Error('sshd does not listen within 5 s');
};

const stop = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill();
  });

/** The result of a program. */
export interface Finished {
  readonly status: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Returns the options of every OpenSSH client in these tests. */
export const sshOptions = (folder: KeyFolder, port: number): string[] => [
  '-F',
  'none',
  '-i',
  folder.keyFile,
  '-p',
  String(port),
  '-o',
  'IdentitiesOnly=yes',
  '-o',
  'StrictHostKeyChecking=no',
  '-o',
  `UserKnownHostsFile=${join(folder.path, 'known')}`,
  '-o',
  'BatchMode=yes',
];

/** Runs OpenSSH's client until it exits. */
export function runSsh(folder: KeyFolder, port: number, args: readonly string[], input: Buffer | string = ''): Promise<Finished> {
  return runProgram('ssh', [...sshOptions(folder, port), ...args], input);
}

/** Runs a program until it exits. */
export function runProgram(
  program: string,
  args: readonly string[],
  input: Buffer | string = '',
  env: NodeJS.ProcessEnv = process.env,
): Promise<Finished> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      args,
      { encoding: 'buffer', maxBuffer: 512 * 1024 * 1024, timeout: 45_000, env },
      (error, stdout, stderr) => {
        const status = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
        resolve({ status, stdout, stderr: stderr.toString() });
      },
    );
    child.stdin!.on('error', () => undefined);
    child.stdin!.end(input);
  });
}
