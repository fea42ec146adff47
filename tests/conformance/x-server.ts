/** A real X server without a screen (Xvfb), which lets in only who knows its cookie. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustRun } from './run-program.ts';

/** See the head of this file. */
export interface XServer {
  /** What a program needs to be let in. */
  readonly env: { readonly DISPLAY: string; readonly XAUTHORITY: string };
  /** In hexadecimal digits. */
  readonly cookie: string;
  stop(): Promise<void>;
}

const PROGRAM = 'Xvfb';

/** Starts it on a display that is free. */
export async function startXServer(): Promise<XServer> {
  const folder = await mkdtemp(join(tmpdir(), 'conformance-x-'));
  const cookie = randomBytes(16).toString('hex');
  const authority = join(folder, 'authority');
  // The server takes any entry of its file for its own; which display it is, is known only later.
  await mustRun('xauth', ['-f', authority, 'add', ':0', '.', cookie]);
  const words = ['-displayfd', '1', '-auth', authority, '-nolisten', 'tcp', '-screen', '0', '640x480x24'];
  const child = spawn(PROGRAM, words, { stdio: ['ignore', 'pipe', 'ignore'] });
  const [told] = (await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'close').then(() => Promise.reject(new Error('Xvfb does not start'))),
  ])) as [Buffer];
  const display = `:${Number(told.toString())}`;
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
