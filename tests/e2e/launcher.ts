import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { freePort } from '@sallyport/testkit';
import { eventually } from './wait.ts';

const LAUNCHER = path.resolve(import.meta.dirname, '../../deploy/local/dist/main.js');

/** run.json, as the README promises it to scripts. */
export interface RunFile {
  readonly api: string;
  readonly ssh: { readonly host: string; readonly port: number };
  readonly admin: { readonly username: string; readonly password: string };
  readonly demo: { readonly username: string; readonly private_key_file: string; readonly asset: string; readonly account: string };
  readonly services: readonly { readonly name: string; readonly pid: number }[];
  readonly backing: readonly { readonly name: string; readonly pid: number; readonly url: string }[];
  readonly public_key_file: string;
}

/** A running `npm start`, without the installing and building before it. */
export interface Launched {
  readonly run: RunFile;
  /** run.json as it is now: a part that came back has another pid. */
  readAgain(): Promise<RunFile>;
  output(): string;
  /** Ctrl-C. */
  stop(): Promise<number>;
}

/** Starts the product on free ports and waits until it has written run.json anew. */
export async function launch(data: string, parts: readonly string[]): Promise<Launched> {
  const args = ['--data', data, '--http-port', String(await freePort()), '--ssh-port', String(await freePort()), ...(parts.length > 0 ? ['--with', parts.join(',')] : [])];
  const child = spawn(process.execPath, [LAUNCHER, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exited = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? -1)));
  const gone = exited.then((code) => Promise.reject(new Error(`the launcher ended with ${code}:\n${output}`)));
  gone.catch(() => {});
  const readAgain = async (): Promise<RunFile> => JSON.parse(await readFile(path.join(data, 'run.json'), 'utf8')) as RunFile;
  const port = args[3] ?? '';
  const ready = eventually(240_000, async () => {
    const run = await readAgain().catch(() => undefined);
    return run?.api.endsWith(`:${port}`) ? run : undefined;
  });
  return {
    run: await Promise.race([ready, gone]),
    readAgain,
    output: () => output,
    stop: async () => {
      child.kill('SIGINT');
      const killer = setTimeout(() => child.kill('SIGKILL'), 60_000);
      const code = await exited;
      clearTimeout(killer);
      return code;
    },
  };
}
