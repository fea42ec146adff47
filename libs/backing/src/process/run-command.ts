import { spawn } from 'node:child_process';
import { CommandFailed } from '../part.errors.js';
import type { SystemUser } from '../place/unix-user.js';
import { asUser } from './as-user.js';

/** Exit code and output of a finished command. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Options of a command. */
export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  readonly user?: SystemUser | undefined;
  readonly input?: string;
  /** Milliseconds until SIGKILL; 10 minutes by default. */
  readonly timeoutMs?: number;
}

/** Runs a command to its end and keeps its output. Accepts every exit code. */
export function tryCommand(command: string, args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const [file, ...rest] = asUser(options.user, [command, ...args]);
  return new Promise((resolve, reject) => {
    const child = spawn(file, rest, { cwd: options.cwd, env: options.env, timeout: options.timeoutMs ?? 600_000, killSignal: 'SIGKILL' });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.once('error', reject);
    child.once('close', (code, signal) =>
      resolve({ code: code ?? -1, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() + (signal ?? '') }),
    );
    child.stdin.on('error', () => undefined); // a command may end without reading its input: its exit code is more to the point than EPIPE
    child.stdin.end(options.input ?? '');
  });
}

/**
 * Runs a command that must succeed and returns its standard output.
 * @throws CommandFailed
 */
export async function runCommand(command: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const result = await tryCommand(command, args, options).catch((error: Error) => ({ code: -1, stdout: '', stderr: error.message }));
  if (result.code === 0) return result.stdout;
  throw new CommandFailed([command, ...args].join(' '), `exit code ${result.code}`, (result.stderr + result.stdout).trim().slice(-2000));
}
