import { printableLines } from '@sallyport/context';
import type { AppError, ErrorFacts } from '@sallyport/errors';

/** Most bytes of message and facts together, as JSON. With code, request id and braces an answer stays below 4 KiB. */
const MAX_BYTES = 3584;
/** Longest message, UTF-16 units: at most 3 bytes each, as printable text needs no longer escapes. */
const MAX_MESSAGE = 1000;
/** Longest text of a fact. */
const MAX_FACT = 200;

/** Message and facts of an error as they are answered and logged. */
export interface BoundedError {
  readonly message: string;
  readonly facts: ErrorFacts;
}

/** Returns message and facts of an error, cut where a request made them long: no answer and no log line echoes a large request. */
export function boundedError({ message, facts }: Pick<AppError, 'message' | 'facts'>): BoundedError {
  if (bytesOf({ message, facts }) <= MAX_BYTES) return { message, facts };
  const short = message.length > MAX_MESSAGE ? `${printableLines(message, MAX_MESSAGE)} …` : message;
  return { message: short, facts: boundedFacts(facts, MAX_BYTES - bytesOf(short)) };
}

/** Returns the facts that fit, in their order. */
function boundedFacts(facts: ErrorFacts, room: number): ErrorFacts {
  const kept: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(facts)) {
    const fact = { [printableLines(name, MAX_FACT)]: typeof value === 'string' ? printableLines(value, MAX_FACT) : value };
    if (bytesOf({ ...kept, ...fact }) > room) break;
    Object.assign(kept, fact);
  }
  return kept;
}

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
