import type { ChannelClose } from '@sallyport/recording-format';

/** What looks into a channel beside the recorder: for commands, or for file operations. Never throws, never waits. */
export interface Observer {
  input(data: Buffer): void;
  /** Standard output. */
  output(data: Buffer): void;
  stderr(data: Buffer): void;
  resize(cols: number, rows: number): void;
  /** Resolves when all that was seen is told. */
  close(exit: ChannelClose): Promise<void>;
}

/** Several that look at the same bytes. */
export const together = (observers: readonly Observer[]): Observer => ({
  input: (data) => observers.forEach((one) => one.input(data)),
  output: (data) => observers.forEach((one) => one.output(data)),
  stderr: (data) => observers.forEach((one) => one.stderr(data)),
  resize: (cols, rows) => observers.forEach((one) => one.resize(cols, rows)),
  close: async (exit) => {
    await Promise.all(observers.map((one) => one.close(exit)));
  },
});

/** Looks at nothing. */
export const unobserved: Observer = together([]);
