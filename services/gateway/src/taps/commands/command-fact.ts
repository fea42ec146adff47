/** Output kept of a command, UTF-8 bytes. */
export const OUTPUT_LIMIT_BYTES = 16 * 1024;
/** Longest command line kept, UTF-8 bytes. */
export const INPUT_LIMIT_BYTES = 64 * 1024;
/** A command whose prompt has not come back is told of after this long, with the output so far. */
export const REPORT_AFTER_MS = 2_000;

/** How a command came about: typed at a terminal, given with an exec request, or read by a shell or interpreter without a terminal. */
export type CommandKind = 'typed' | 'exec' | 'piped';

/** One command that a person or a job ran. Told of once. */
export interface CommandFact {
  /** UUID version 7, given once. */
  readonly id: string;
  /** The line as it stood on the screen when it was sent, prompt removed; several lines when they are one command (here-document, loop). */
  readonly input: string;
  /** The beginning of what it printed, at most {@link OUTPUT_LIMIT_BYTES}. */
  readonly output: string;
  /** Whether it printed more than `output` has, and how many bytes it printed as far as they were followed; absent where that is not known. */
  readonly outputTruncated?: boolean;
  readonly outputBytes?: number;
  /** When it was sent, milliseconds since 1970. */
  readonly startedAtMs: number;
  /** When the next prompt came, or when the output was cut. */
  readonly endedAtMs: number;
  readonly riskLevel: 'accept';
  readonly kind: CommandKind;
}

/** Output that came faster than it could be looked at: commands in it may be missing (the recording has it all). */
export interface CommandGap {
  readonly skippedBytes: number;
  readonly why: 'overflow' | 'worker-lost';
}

/** Cuts text to `limit` UTF-8 bytes without splitting a character. */
export function cutToBytes(text: string, limit: number): string {
  if (text.length * 3 <= limit) return text;
  const bytes = Buffer.from(text);
  if (bytes.length <= limit) return text;
  let end = limit;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}

/** What a fact says of output beside its beginning. A command that still runs may print more: then only a cut that was made is known. */
export const printedFacts = (isOver: boolean, isCut: boolean, bytes: number): Pick<CommandFact, 'outputTruncated' | 'outputBytes'> =>
  isOver || isCut ? { outputTruncated: isCut, outputBytes: bytes } : {};
