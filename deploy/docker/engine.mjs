import { spawn, spawnSync } from 'node:child_process';

/**
 * Runs podman or docker. `command` is the program with its own arguments, such as ['podman', '--root', FOLDER]; `isQuiet` keeps the
 * output of long commands until one fails.
 */
export class Engine {
  constructor(command, { isQuiet = false } = {}) {
    this.command = command;
    this.isQuiet = isQuiet;
  }

  get isPodman() {
    return this.command[0].endsWith('podman');
  }

  /** Runs a long command, such as a build. Rejects with its output if it fails. */
  run(...args) {
    return new Promise((resolve, reject) => {
      const [file, ...own] = this.command;
      const child = spawn(file, [...own, ...args], {
        stdio: ['ignore', this.isQuiet ? 'pipe' : 'inherit', this.isQuiet ? 'pipe' : 'inherit'],
      });
      let output = '';
      const take = (chunk) => (output += chunk);
      child.stdout?.on('data', take);
      child.stderr?.on('data', take);
      child.once('error', reject);
      child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`${output}\n${this.line(args)} ended with ${code}`))));
    });
  }

  /** Returns the output of a short command, without its final line break. Throws with its messages if it fails. */
  read(...args) {
    const [file, ...own] = this.command;
    const { status, stdout, stderr, error } = spawnSync(file, [...own, ...args], { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
    if (status === 0) return stdout.trimEnd();
    throw error ?? new Error(`${stderr}\n${this.line(args)} ended with ${status}`);
  }

  /** Returns true if an image of this name is stored here. */
  has(image) {
    const [file, ...own] = this.command;
    return spawnSync(file, [...own, 'image', 'inspect', image], { stdio: 'ignore' }).status === 0;
  }

  line(args) {
    return [...this.command, ...args].join(' ');
  }
}

/** Returns the engine of this machine's user, podman before docker. Throws if there is neither. */
export function installedEngine() {
  const found = ['podman', 'docker'].find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0);
  if (found === undefined) throw new Error('Neither podman nor docker is installed here');
  return new Engine([found]);
}
