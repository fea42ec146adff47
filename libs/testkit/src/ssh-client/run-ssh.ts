import { requireTool } from '@sallyport/backing';
import { spawn } from 'node:child_process';
import { clientEnvironment, clientOptions, type SshTarget } from './ssh-options.js';

/** Exit code and output of a client. */
export interface SshResult {
  /** OpenSSH's own: the remote command's exit code, 255 for an error of the connection. -1 if it was killed because it took too long. */
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Command and input of a connection. */
export interface SshRun extends SshTarget {
  /** Without it: a login without a command and without a terminal. */
  readonly command?: string;
  readonly input?: string | Buffer;
  /** More flags, e.g. `['-tt']` or `['-s']`. */
  readonly flags?: readonly string[];
  readonly timeoutMs?: number;
}

/** Runs OpenSSH's `ssh` to its end. */
export function runSsh(run: SshRun): Promise<SshResult> {
  const args = [...clientOptions(run), ...(run.flags ?? []), '-p', String(run.port), '-l', run.user, run.host ?? '127.0.0.1'];
  return runClient('ssh', run.command === undefined ? args : [...args, run.command], run);
}

/** Copies with `scp` (which uses SFTP since OpenSSH 9). Remote paths start with `:`, e.g. `:/tmp/x`. */
export function runScp(
  target: SshTarget & { readonly timeoutMs?: number; readonly flags?: readonly string[] },
  from: string,
  to: string,
): Promise<SshResult> {
  const remote = (path: string): string =>
    path.startsWith(':') ? `scp://${encodeURIComponent(target.user)}@${target.host ?? '127.0.0.1'}:${target.port}/${path.slice(1)}` : path;
  return runClient('scp', [...clientOptions(target), ...(target.flags ?? []), remote(from), remote(to)], target);
}

/** Runs `sftp` with a batch of its commands, one a line. It stops at the first that fails. */
export function runSftp(target: SshTarget & { readonly timeoutMs?: number }, batch: readonly string[]): Promise<SshResult> {
  const user = ['-o', `User=${target.user}`];
  const args = [...clientOptions(target), ...user, '-P', String(target.port), '-b', '-', target.host ?? '127.0.0.1'];
  // -b turns on BatchMode, which never asks; the earlier setting wins.
  return runClient('sftp', ['-o', 'BatchMode=no', ...args], { ...target, input: `${batch.join('\n')}\n` });
}

interface ClientRun extends SshTarget {
  readonly input?: string | Buffer;
  readonly timeoutMs?: number;
}

function runClient(program: string, args: readonly string[], run: ClientRun): Promise<SshResult> {
  const path = requireTool(program, 'install the package openssh-client');
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, { env: clientEnvironment(run), timeout: run.timeoutMs ?? 60_000, killSignal: 'SIGKILL' });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.stdin.on('error', () => undefined); // the client may end before it has read all
    child.stdin.end(run.input ?? '');
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? -1, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() }));
  });
}
