import { spawn } from 'node:child_process';
import { mkdir, readFile, readlink } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { freePort } from '@sallyport/backing';
import { eventually } from './wait.ts';

const MAIN = path.resolve(import.meta.dirname, '../../services/gateway/dist/main.js');

/** A second gateway of a running product. */
export interface SecondGateway {
  readonly port: number;
  /** Returns everything logged. */
  log(): string;
  stop(): Promise<void>;
}

/** Starts a gateway with the settings of a running one, except for these. */
export async function secondGateway(first: number, data: string, settings: Readonly<Record<string, string>>): Promise<SecondGateway> {
  const port = await freePort();
  const spool = path.join(data, 'spool-2');
  await mkdir(spool);
  const own = {
    GATEWAY_ID: 'second',
    GATEWAY_SSH_PORT: String(port),
    GATEWAY_HEALTH_PORT: String(await freePort()),
    GATEWAY_SPOOL_DIR: spool,
  };
  const cwd = await readlink(`/proc/${first}/cwd`); // some of its settings are relative paths
  const child = spawn(process.execPath, [MAIN], { cwd, env: { ...(await environmentOf(first)), ...own, ...settings } });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await eventually(30_000, async () => ((await answers(port)) ? true : undefined));
  return {
    port,
    log: () => log,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function environmentOf(pid: number): Promise<Record<string, string>> {
  const text = await readFile(`/proc/${pid}/environ`, 'utf8');
  return Object.fromEntries(
    text.split('\0').flatMap((pair) => (pair === '' ? [] : [pair.split(/=(.*)/s).slice(0, 2) as [string, string]])),
  );
}

/** Returns true if an SSH server greets on the port. */
const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => resolve(true)).once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
    socket.once('data', () => socket.destroy());
  });
