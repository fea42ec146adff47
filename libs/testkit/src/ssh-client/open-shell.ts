import { requireTool, spawnInPty } from '@sallyport/backing';
import { setTimeout as sleep } from 'node:timers/promises';
import { NeverSeen } from '../testkit.errors.js';
import { clientEnvironment, clientOptions, type SshTarget } from './ssh-options.js';

/** A user at a terminal: `ssh` with a pseudo-terminal on our side too. */
export interface SshShell {
  readonly pid: number;
  /** Types a text, byte for byte; a line ends with "\r" or "\n". */
  type(text: string): void;
  /** Returns the output so far. */
  shown(): string;
  /**
   * Waits until the output since the last `expect` matches, and returns the match.
   * @throws NeverSeen
   */
  expect(pattern: RegExp | string, timeoutMs?: number): Promise<RegExpMatchArray>;
  resize(columns: number, rows: number): void;
  /** The client's exit code. Never rejects. */
  readonly exited: Promise<number>;
  /** Closes the terminal. */
  close(): Promise<void>;
}

/** Target and size of an interactive session. */
export interface SshShellOptions extends SshTarget {
  readonly columns?: number;
  readonly rows?: number;
  readonly command?: string;
  readonly flags?: readonly string[];
}

/** Opens an interactive session. The caller closes it. */
export function openShell(options: SshShellOptions): SshShell {
  const ssh = requireTool('ssh', 'install the package openssh-client');
  const where = [...(options.flags ?? []), '-p', String(options.port), '-l', options.user, options.host ?? '127.0.0.1'];
  const argv: [string, ...string[]] = [
    ssh,
    ...clientOptions(options),
    '-tt',
    ...where,
    ...(options.command === undefined ? [] : [options.command]),
  ];
  const { columns, rows } = options;
  const terminal = spawnInPty(argv, {
    env: clientEnvironment(options),
    ...(columns === undefined ? {} : { columns }),
    ...(rows === undefined ? {} : { rows }),
  });
  let shown = '';
  let seen = 0;
  terminal.output.on('data', (chunk: Buffer) => (shown += chunk.toString()));
  return {
    pid: terminal.pid,
    type: (text) => void terminal.input.write(text),
    shown: () => shown,
    expect: async (pattern, timeoutMs = 15_000) => {
      const end = performance.now() + timeoutMs;
      for (;;) {
        const match = firstMatch(shown.slice(seen), pattern);
        if (match !== undefined) {
          seen += (match.index ?? 0) + match[0].length;
          return match;
        }
        if (performance.now() > end) throw new NeverSeen(String(pattern), timeoutMs / 1000, shown);
        await sleep(20);
      }
    },
    resize: (newColumns, newRows) => terminal.resize(newColumns, newRows),
    exited: terminal.exited,
    close: async () => {
      terminal.input.end();
      await Promise.race([terminal.exited, sleep(3000).then(() => terminal.kill())]);
    },
  };
}

function firstMatch(text: string, pattern: RegExp | string): RegExpMatchArray | undefined {
  const expression = typeof pattern === 'string' ? new RegExp(pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : pattern;
  return text.match(expression) ?? undefined;
}
