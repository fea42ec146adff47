import type { ChannelClose } from '@sallyport/recording-format';

/** Looks into a channel for commands or file operations, beside the recorder. It never throws and never waits. */
export interface Observer {
  input(data: Buffer): void;
  /** Observes standard output. */
  output(data: Buffer): void;
  stderr(data: Buffer): void;
  resize(cols: number, rows: number): void;
  /** Resolves when everything that was observed is reported. */
  close(exit: ChannelClose): Promise<void>;
}

/** Combines observers of the same bytes. */
export const together = (observers: readonly Observer[]): Observer => ({
  input: (data) => observers.forEach((one) => one.input(data)),
  output: (data) => observers.forEach((one) => one.output(data)),
  stderr: (data) => observers.forEach((one) => one.stderr(data)),
  resize: (cols, rows) => observers.forEach((one) => one.resize(cols, rows)),
  // The last one first: the row of an exec request follows the lines that it read, however long their parsing takes.
  close: async (exit) => {
    for (const one of observers.toReversed()) await one.close(exit);
  },
});

/** An observer that ignores everything. */
export const unobserved: Observer = together([]);
