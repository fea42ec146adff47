import type { CommandFact } from '@sallyport/recording-format';

/** Longest output to keep of a command, in bytes of UTF-8. */
export const OUTPUT_LIMIT_BYTES = 16 * 1024;
/** Longest command line to keep, in bytes of UTF-8. */
export const INPUT_LIMIT_BYTES = 64 * 1024;
/** A command that runs for longer is reported after this time, with the output so far. Its later output is another row. */
export const LONG_RUN_MS = 30_000;
/** Ends the input of the row that has the later output of a command that ran for long. */
export const LATER_MARK = ' … (its later output)';

/** A command as a tap observed it: the payload of its frame, with times of the clock instead of times since the session began. Reported once. */
export type ObservedCommand = Omit<CommandFact, 'started_us' | 'ended_us'> & {
  /** Time at which it was sent, milliseconds since 1970. */
  readonly startedAtMs: number;
  /** Time at which the next prompt came, or at which the output was cut. */
  readonly endedAtMs: number;
};

/** Certainty of a typed line; see the recording format. */
export type Certainty = 'seen' | 'inferred';

/** The reason for output in which no commands were looked for. */
export type UnsearchedWhy = 'overflow' | 'worker-lost' | 'stopped';

/** A span of output in which no commands were looked for. The recording contains all of it. */
export interface CommandGap {
  readonly skippedBytes: number;
  readonly why: UnsearchedWhy;
  /** Times at which its first and last bytes came, milliseconds since 1970. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** Truncates text to `limit` bytes of UTF-8 without splitting a character. */
export function cutToBytes(text: string, limit: number): string {
  if (text.length * 3 <= limit) return text;
  const bytes = Buffer.from(text);
  if (bytes.length <= limit) return text;
  let end = limit;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}

/** Returns the fields about the length of the output. A command that still runs may print more: then only a truncation is known. */
export const printedFacts = (isOver: boolean, isCut: boolean, bytes: number): Pick<ObservedCommand, 'output_truncated' | 'output_bytes'> =>
  isOver || isCut ? { output_truncated: isCut, output_bytes: bytes } : {};
