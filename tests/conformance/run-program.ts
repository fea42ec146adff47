import { spawn } from 'node:child_process';

/** How a program ended. `status` is null when a signal or the time limit ended it. */
export interface Run {
  readonly status: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** What a program gets beside its words. */
export interface RunOptions {
  readonly input?: Buffer | string | undefined;
  readonly env?: NodeJS.ProcessEnv;
  readonly timeoutMs?: number;
  /** Its standard input does not end before it does. */
  readonly keepsInputOpen?: boolean;
}

/** Runs a program to its end; a program that cannot be started rejects. */
export function runProgram(
  program: string,
  words: readonly string[],
  { input, env, timeoutMs = 30_000, keepsInputOpen = false }: RunOptions = {},
): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { env: { ...process.env, ...env }, timeout: timeoutMs, killSignal: 'SIGKILL' });
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

/** Runs a program that must succeed. */
export async function mustRun(program: string, words: readonly string[], options: RunOptions = {}): Promise<Run> {
  const run = await runProgram(program, words, options);
  if (run.status !== 0) throw new Error(`${program} ${words.join(' ')} ended with ${run.status}: ${run.stderr}${run.stdout.toString()}`);
  return run;
}
