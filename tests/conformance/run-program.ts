import { spawn } from 'node:child_process';

/** The result of a program. `status` is null if a signal or the time limit ended it. */
export interface Run {
  readonly status: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Options of a program run. */
export interface RunOptions {
  readonly input?: Buffer | string | undefined;
  readonly env?: NodeJS.ProcessEnv;
  readonly timeoutMs?: number;
  /** Keeps the standard input open until the program exits. */
  readonly keepsInputOpen?: boolean;
}

/** Runs a program until it exits. Rejects if the program cannot be started. */
export function runProgram(
  program: string,
  args: readonly string[],
  { input, env, timeoutMs = 30_000, keepsInputOpen = false }: RunOptions = {},
): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: { ...process.env, ...env }, timeout: timeoutMs, killSignal: 'SIGKILL' });
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (bytes: Buffer) => stdout.push(bytes));
    child.stderr.on('data', (bytes: Buffer) => stderr.push(bytes));
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() }));
    child.stdin.on('error', () => undefined);
    if (keepsInputOpen) child.once('exit', () => child.stdin.end());
    else child.stdin.end(input ?? '');
  });
}

/** Runs a program and rejects unless its exit status is 0. */
export async function mustRun(program: string, args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const run = await runProgram(program, args, options);
  if (run.status !== 0) throw new Error(`${program} ${args.join(' ')} exited with ${run.status}: ${run.stderr}${run.stdout.toString()}`);
  return run;
}
