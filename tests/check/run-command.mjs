// Runs one command of a lane.
import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BIN = join(ROOT, 'node_modules', '.bin');

/** Commands that run now, so that they end with the check. */
const running = new Set();

/**
 * Runs a command in the root folder, with this project's own tools first on PATH. Passes each piece of its output to `print`.
 * Resolves with its exit code (-1 when it did not start) and its whole output.
 */
export function runCommand([file, ...args], { env = {}, print = () => undefined } = {}) {
  const all = { ...process.env, PATH: `${BIN}${delimiter}${process.env.PATH}`, ...env };
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd: ROOT, env: all, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    let output = '';
    const take = (text) => {
      output += text;
      print(text);
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', take);
    const settle = (code) => {
      running.delete(child);
      resolve({ code, output });
    };
    child.once('error', (error) => {
      take(`${error.message}\n`);
      settle(-1);
    });
    child.once('close', (code) => settle(code ?? -1));
  });
}

/** Sends a signal to every command that runs now. */
export function stopCommands(signal) {
  for (const child of running) child.kill(signal);
}
