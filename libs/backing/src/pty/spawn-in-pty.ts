import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { findTool, requireTool } from '../process/find-tool.js';
import { PTY_BRIDGE } from './pty-bridge.js';

/** A program running on a pseudo-terminal. */
export interface PtyProcess {
  readonly pid: number;
  /** What is typed. Ending it hangs the terminal up. */
  readonly input: Writable;
  /** What the terminal shows; standard error is in it, as on any terminal. */
  readonly output: Readable;
  /** The program's exit code, 128 + signal when it died of one. */
  readonly exited: Promise<number>;
  resize(columns: number, rows: number): void;
  /** Ends it at once. */
  kill(): void;
}

/** Where and how to run it. */
export interface PtyOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly cwd?: string;
  readonly env?: Record<string, string>;
}

/** Runs `argv` on a pseudo-terminal of its own. @throws ToolMissing when there is no python3 */
export function spawnInPty(argv: readonly [string, ...string[]], options: PtyOptions = {}): PtyProcess {
  // The system's own python first: one in somebody's home may be out of reach for the user we have become.
  const python = findTool('/usr/bin/python3') ?? requireTool('python3', 'install the package python3');
  const size = [String(options.columns ?? 80), String(options.rows ?? 24)];
  const child = spawn(python, ['-c', PTY_BRIDGE, ...size, ...argv], {
    cwd: options.cwd,
    env: { TERM: 'xterm-256color', ...options.env },
    stdio: ['pipe', 'pipe', 'ignore', 'pipe'],
  });
  const [input, output, , control] = child.stdio as unknown as [Writable, Readable, null, Writable]; // all pipes, by the stdio above
  for (const stream of [input, control]) stream.on('error', () => undefined); // writing to what has just ended is no news
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
