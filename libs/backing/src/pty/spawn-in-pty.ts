import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { findTool, requireTool } from '../process/find-tool.js';
import { PTY_BRIDGE } from './pty-bridge.js';

/** A program running on a pseudo-terminal. */
export interface PtyProcess {
  readonly pid: number;
  /** Input of the terminal. Ending it hangs the terminal up. */
  readonly input: Writable;
  /** Output of the terminal; standard error is in it, as on any terminal. */
  readonly output: Readable;
  /** The program's exit code, or 128 + signal if a signal ended it. */
  readonly exited: Promise<number>;
  resize(columns: number, rows: number): void;
  /** Kills the program at once. */
  kill(): void;
}

/** Folder, environment and size of the terminal. */
export interface PtyOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly cwd?: string;
  readonly env?: Record<string, string>;
}

/**
 * Runs `argv` on a pseudo-terminal of its own.
 * @throws ToolMissing without python3
 */
export function spawnInPty(argv: readonly [string, ...string[]], options: PtyOptions = {}): PtyProcess {
  // The system's own python first: the present user may be unable to reach one in another user's home.
  const python = findTool('/usr/bin/python3') ?? requireTool('python3', 'install the package python3');
  const size = [String(options.columns ?? 80), String(options.rows ?? 24)];
  const child = spawn(python, ['-c', PTY_BRIDGE, ...size, ...argv], {
    cwd: options.cwd,
    env: { TERM: 'xterm-256color', ...options.env },
    stdio: ['pipe', 'pipe', 'ignore', 'pipe'],
  });
  const [input, output, , control] = child.stdio as unknown as [Writable, Readable, null, Writable]; // all pipes, by the stdio above
  for (const stream of [input, control]) stream.on('error', () => undefined); // writing to a program that has just ended is not an error
  const exited = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 137));
  });
  return {
    pid: child.pid ?? 0,
    input,
    output,
    exited,
    resize: (columns, rows) => void control.write(`${columns} ${rows}\n`),
    kill: () => void child.kill('SIGKILL'),
  };
}
