import { spawn, type ChildProcess, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { PathName } from './rounds.ts';

/** OpenSSH clients, one configuration file per path. */
export interface LoadClient {
  readonly configFiles: Readonly<Record<PathName, string>>;
  /** Library for LD_PRELOAD. */
  readonly preload: string | undefined;
}

/** Returns the arguments that choose a path. */
const onPath = (client: LoadClient, path: PathName): [string, string] => ['-F', client.configFiles[path] ?? ''];

/** Starts `ssh` on a path, with pipes for input, output and errors. */
export function startSsh(client: LoadClient, path: PathName, args: readonly string[]): ChildProcessWithoutNullStreams {
  return spawn('ssh', [...onPath(client, path), ...args], { env: environment(client), stdio: ['pipe', 'pipe', 'pipe'] });
}

/** Starts `ssh` on a path and discards its output. */
export function startUnheard(client: LoadClient, path: PathName, args: readonly string[]): ChildProcess {
  return spawn('ssh', [...onPath(client, path), ...args], { env: environment(client), stdio: 'ignore' });
}

/**
 * Runs a client to its end and returns the milliseconds it took. Its input is `inputFile`; its output is discarded.
 * Throws an error with the client's own messages if the client fails.
 */
export async function timeClient(
  client: LoadClient,
  path: PathName,
  program: 'ssh' | 'scp',
  args: readonly string[],
  inputFile = '/dev/null',
): Promise<number> {
  const input = openSync(inputFile, 'r');
  const begin = performance.now();
  const child = spawn(program, [...onPath(client, path), ...args], { env: environment(client), stdio: [input, 'ignore', 'pipe'] });
  closeSync(input);
  const errors: Buffer[] = [];
  child.stderr?.on('data', (chunk: Buffer) => errors.push(chunk));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} on ${path} ended with ${code}: ${Buffer.concat(errors).toString()}`);
  return performance.now() - begin;
}

const environment = (client: LoadClient): NodeJS.ProcessEnv => ({ ...process.env, ...(client.preload && { LD_PRELOAD: client.preload }) });
