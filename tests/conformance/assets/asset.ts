/** An SSH server that the engine's client logs in to. */
import { spawn, type ChildProcess } from 'node:child_process';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** See the head of this file. */
export interface Asset {
  readonly name: string;
  readonly version: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Login methods of this server beside keys. */
  readonly hasInteractive: boolean;
  readonly hasCertificates: boolean;
  readonly hasFido: boolean;
  close(): Promise<void>;
}

/** The keys that every server accepts: public key lines, and the key file of a certificate authority. */
export interface AssetKeys {
  readonly authorizedKeys: string;
  readonly authorityFile: string;
}

/** Starts a server program and waits until its port accepts connections. */
export async function startAssetProgram(file: string, args: readonly string[], port: number): Promise<ChildProcess> {
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  let failure: string | undefined;
  child.stderr!.on('data', (bytes: Buffer) => (log = (log + bytes.toString()).slice(-4000)));
  child.once('error', (error) => (failure = error.message));
  child.once('exit', (code) => (failure = `ended with ${code}`));
  for (let attempt = 0; attempt < 400 && failure === undefined; attempt += 1) {
    if (await answers(port)) return child;
    await wait(25);
  }
  child.kill('SIGKILL');
  throw new Error(
    `${file} does not listen (run node tests/conformance/install.mjs to install missing programs): ${failure ?? 'no answer'}\n${log}`,
  );
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    }).on('error', () => resolve(false));
  });

/** Stops a program that startAssetProgram started. */
export function stopAssetProgram(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}
