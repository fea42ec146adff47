import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { CannotVerify } from './verify.errors.js';

/**
 * Calls `take` with the JSON value of each line of a file; empty lines are skipped. Throws CannotVerify that names the line for a text that
 * does not parse and for an error of `take`; `problem` says what the file is not.
 */
export async function readJsonLines(file: string, problem: string, take: (value: unknown) => void): Promise<void> {
  let line = 0;
  try {
    for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
      line++;
      if (text.trim() !== '') take(JSON.parse(text));
    }
  } catch (error) {
    const where = line === 0 ? '' : ` in line ${line}`;
    throw new CannotVerify(`"${file}" ${problem}${where}: ${(error as Error).message}`, {}, { cause: error });
  }
}
