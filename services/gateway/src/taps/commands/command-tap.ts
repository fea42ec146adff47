import type { Clock } from '@sallyport/context';
import type { ObservedCommand, CommandGap } from './observed-command.js';
import { ExecCommand } from './exec-command.js';
import type { PooledTerminal } from './pooled-terminal.js';
import type { TerminalPool } from './terminal-pool.js';

export interface CommandTapOptions {
  /** Number of the channel within its session; each has a tap of its own. */
  readonly channel: number;
  readonly kind: 'shell' | 'exec';
  /** The terminal's size; 0 or absent when the channel has no terminal. */
  readonly cols?: number;
  readonly rows?: number;
  /** The command line of an exec request. */
  readonly commandLine?: string;
  /** Told each command once. */
  readonly emit: (command: ObservedCommand) => void;
  /** Told when output came too fast to be looked at. */
  readonly onGap?: (gap: CommandGap) => void;
  readonly clock: Clock;
  readonly pool: TerminalPool;
}

/** Sees a channel's bytes and tells of the commands in them. Its methods return at once and never throw. */
export interface CommandTap {
  /** Bytes from the user. Copied. They only help to find lines on the screen; none is ever told. */
  input(data: Uint8Array): void;
  /** Bytes from the asset, standard output or error. Copied. */
  output(data: Uint8Array): void;
  resize(cols: number, rows: number): void;
  /** The channel is closed; resolves when its last command is told, within 3 s. */
  close(): Promise<void>;
}

/** A tap for one shell or exec channel. An exec request is a command itself; with a terminal, what is typed into it is looked at as well. */
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
  const foreground = options.kind === 'exec' ? options.commandLine : undefined;
  return options.pool.open({ cols, rows, foreground, onCommand: options.emit, onGap: (gap) => options.onGap?.(gap) });
}
