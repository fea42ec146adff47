import { createReadStream } from 'node:fs';
import { CannotVerify } from './verify.errors.js';

/** Longest line; a session or an audit event is smaller. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;

/** Splits a file at its line feeds. Lines are hashed, so they are not decoded here. Throws CannotVerify; `noun` says what the file should be. */
export async function* fileLines(file: string, noun: string): AsyncGenerator<Buffer, void, undefined> {
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const piece of createReadStream(file) as AsyncIterable<Buffer>) {
      let from = 0;
      for (let at = piece.indexOf(10); at >= 0; at = piece.indexOf(10, from)) {
        yield Buffer.concat([rest, piece.subarray(from, at)]);
        rest = Buffer.alloc(0);
        from = at + 1;
      }
      rest = Buffer.concat([rest, piece.subarray(from)]);
      if (rest.length > MAX_LINE_BYTES) throw new CannotVerify(`"${file}" is not ${noun}: it has no lines`);
    }
  } catch (error) {
    if (error instanceof CannotVerify) throw error;
    throw new CannotVerify(`"${file}" can't be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}`, {}, { cause: error });
  }
  if (rest.length > 0) yield rest;
}
