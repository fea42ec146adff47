import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import type { PathName } from './rounds.ts';

/** OpenSSH clients, one configuration file per path. */
export interface LoadClient {
  readonly configFiles: Readonly<Record<PathName, string>>;
  /** Library for LD_PRELOAD. */
  readonly preload: string | undefined;
}

/** Starts `ssh` on a path. */
export function startSsh(client: LoadClient, path: PathName, args: readonly string[]): ChildProcessWithoutNullStreams {
  return spawn('ssh', ['-F', client.configFiles[path], ...args], { env: environment(client), stdio: ['pipe', 'pipe', 'pipe'] });
}

/** Runs a client to its end and gives the milliseconds it took; a failure ends the benchmark with the client's words. */
export async function timeClient(client: LoadClient, program: 'ssh' | 'scp', args: readonly string[]): Promise<number> {
  const begin = performance.now();
  const child = spawn(program, args, { env: environment(client), stdio: ['ignore', 'ignore', 'pipe'] });
  const errors: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}: ${Buffer.concat(errors).toString()}`);
  return performance.now() - begin;
}

const environment = (client: LoadClient): NodeJS.ProcessEnv => ({ ...process.env, ...(client.preload && { LD_PRELOAD: client.preload }) });
