import type { Clock } from '@sallyport/context';
import type { ObservedCommand, CommandGap } from './observed-command.js';
import { ExecCommand } from './exec-command.js';
import type { PooledTerminal } from './pooled-terminal.js';
import type { UnseenInput } from './unseen-lines.js';
import type { TerminalPool } from './terminal-pool.js';

export interface CommandTapOptions {
  /** Id of the session. Its channels share its part of the terminal threads. */
  readonly session: string;
  /** Number of the channel within its session; each channel has its own tap. */
  readonly channel: number;
  readonly kind: 'shell' | 'exec';
  /** Size of the terminal; 0 or absent for a channel without a terminal. */
  readonly cols?: number;
  readonly rows?: number;
  /** True if the client asked for a terminal that does not echo: its lines are reported as piped input is. */
  readonly isEchoOff?: boolean;
  /** The command line of an exec request. */
  readonly commandLine?: string;
  /** Called once for each command. */
  readonly emit: (command: ObservedCommand) => void;
  /** True if `onUnseen` gets the text of the lines, to seal it. */
  readonly keepsUnseen?: boolean | undefined;
  /** Called for typed lines that were not shown, of which no text may be recorded. */
  readonly onUnseen?: (input: UnseenInput) => void;
  /** Called for output in which no commands were looked for. */
  readonly onGap?: (gap: CommandGap) => void;
  readonly clock: Clock;
  readonly pool: TerminalPool;
}

/** Observes the bytes of a channel and reports the commands in them. Its methods return at once and never throw. */
export interface CommandTap {
  /** Takes bytes from the user, and copies them. They help to find lines on the screen. A line that is not found is reported as a guess unless it may be a password. */
  input(data: Uint8Array): void;
  /** Takes bytes from the asset, standard output or error, and copies them. */
  output(data: Uint8Array): void;
  resize(cols: number, rows: number): void;
  /** Ends the tap when the channel has closed. Resolves when the last command is reported: as soon as the bytes that wait are looked at. */
  close(): Promise<void>;
}

/** Creates a tap for one shell or exec channel. An exec request is a command itself; with a terminal, lines typed into it are commands too. */
export function createCommandTap(options: CommandTapOptions): CommandTap {
  const { kind, cols = 0, rows = 0, commandLine = '', emit, clock } = options;
  const exec = kind === 'exec' ? new ExecCommand(commandLine, clock, emit) : undefined;
  const terminal = cols > 0 && rows > 0 ? openTerminal(options, cols, rows) : undefined;
  return {
    input: (data) => terminal?.push({ kind: 'input', data: new Uint8Array(data), at: clock.now() }),
    output: (data) => {
      exec?.output(data);
      terminal?.push({ kind: 'output', data: new Uint8Array(data), at: clock.now() });
    },
    resize: (newCols, newRows) => terminal?.push({ kind: 'resize', cols: newCols, rows: newRows }),
    close: async () => {
      exec?.end();
      await terminal?.close();
    },
  };
}

function openTerminal(options: CommandTapOptions, cols: number, rows: number): PooledTerminal {
  const { session, pool } = options;
  const foreground = options.kind === 'exec' ? options.commandLine : undefined;
  return pool.open({
    session,
    cols,
    rows,
    foreground,
    isEchoOff: options.isEchoOff,
    keepsUnseen: options.keepsUnseen,
    onCommand: options.emit,
    onUnseen: (input) => options.onUnseen?.(input),
    onGap: (gap) => options.onGap?.(gap),
  });
}
