import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
export const isRoot = process.getuid?.() === 0;

const began = process.hrtime.bigint();

/** Returns the milliseconds since the start. */
export function elapsedMs() {
  return Math.round(Number(process.hrtime.bigint() - began) / 1e6);
}

/** Prints a line of progress, with the seconds since the start. */
export function say(line) {
  console.log(`${(elapsedMs() / 1000).toFixed(1).padStart(6)} s  ${line}`);
}

/** Ends with a message for the user. */
export function stop(message) {
  console.error(`\n${message}`);
  process.exit(1);
}

/** Returns true if a program is on PATH or in /usr/sbin. */
export function hasTool(name) {
  return [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'].some((dir) => isExecutable(resolve(dir, name)));
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Returns true if a command ends with exit code 0. Its output is dropped. */
export function succeeds(file, args) {
  return spawnSync(file, args, { stdio: 'ignore' }).status === 0;
}

/**
 * Runs a command. Its output goes to the user, to `onOutput` as it comes, or with `quiet` to the user if it fails. Ends the process if it
 * fails.
 */
export function run(what, file, args, { env = {}, quiet = false, onOutput } = {}) {
  const isKept = quiet || onOutput !== undefined;
  return new Promise((done) => {
    const child = spawn(file, args, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', isKept ? 'pipe' : 'inherit', isKept ? 'pipe' : 'inherit'],
    });
    let output = '';
    const take = onOutput ?? ((chunk) => (output += chunk));
    child.stdout?.on('data', take);
    child.stderr?.on('data', take);
    child.once('error', (error) => stop(`${what} failed: ${error.message}`));
    child.once('close', (code) => (code === 0 ? done() : stop(`${output}\n${what} failed (${file} ended with ${code})`)));
  });
}
