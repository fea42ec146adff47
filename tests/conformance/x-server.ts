/** An X server without a screen (Xvfb), which requires a cookie. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustRun } from './run-program.ts';

/** See the head of this file. */
export interface XServer {
  /** Environment variables for programs that use this server. */
  readonly env: { readonly DISPLAY: string; readonly XAUTHORITY: string };
  /** The cookie in hexadecimal. */
  readonly cookie: string;
  stop(): Promise<void>;
}

const PROGRAM = 'Xvfb';

/** Starts the server on a free display. */
export async function startXServer(): Promise<XServer> {
  const folder = await mkdtemp(join(tmpdir(), 'conformance-x-'));
  const cookie = randomBytes(16).toString('hex');
  const authority = join(folder, 'authority');
  // The server accepts any entry of its file; the number of its display is known only later.
  await mustRun('xauth', ['-f', authority, 'add', ':0', '.', cookie]);
  const args = ['-displayfd', '1', '-auth', authority, '-nolisten', 'tcp', '-screen', '0', '640x480x24'];
  const child = spawn(PROGRAM, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const [output] = (await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'close').then(() => Promise.reject(new Error('Xvfb does not start'))),
  ])) as [Buffer];
  const display = `:${Number(output.toString())}`;
  const own = join(folder, 'own');
  await mustRun('xauth', ['-f', own, 'add', display, '.', cookie]);
  return {
    env: { DISPLAY: display, XAUTHORITY: own },
    cookie,
    stop: async () => {
      const gone = once(child, 'close');
      child.kill();
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
