import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
export const isRoot = process.getuid?.() === 0;

const began = process.hrtime.bigint();

/** Prints a line of progress, with the seconds since the start. */
export function say(line) {
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  console.log(`${seconds.toFixed(1).padStart(6)} s  ${line}`);
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

/** Runs a command whose output the user may see. Ends the process if it fails. */
export function run(what, file, args, { env = {}, quiet = false } = {}) {
  return new Promise((done) => {
    const child = spawn(file, args, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
    });
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    child.once('error', (error) => stop(`${what} failed: ${error.message}`));
    child.once('close', (code) => (code === 0 ? done() : stop(`${output}\n${what} failed (${file} ended with ${code})`)));
  });
}
