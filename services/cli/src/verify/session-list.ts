import { createHash } from 'node:crypto';
import { isSessionListEnd } from '@sallyport/crypto';
import { z } from 'zod';
import { checkListEnd, type ListEndCheck } from './check-list-end.js';
import { fileLines } from './file-lines.js';
import type { NamedKey } from './named-keys.js';
import { CannotVerify } from './verify.errors.js';

/** A session as core knows it: one line of the list of GET /api/v1/terminal/session-proofs. */
const ListedSession = z.object({
  session_id: z.string().min(1),
  state: z.enum(['active', 'finished', 'terminated', 'failed', 'lost']),
  user: z.string(),
  asset: z.string(),
  account: z.string(),
  date_start: z.iso.datetime(),
  date_end: z.iso.datetime().nullable(),
  /** Number of the last frame that the gateway sent; of an active or lost session, of the last that it knew to be stored. Null for none. */
  last_seq: z.int().positive().nullable(),
  /** Link of that frame, hex; null if it is not known. */
  link: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
});

/** A session as core knows it. */
export type ListedSession = Readonly<z.infer<typeof ListedSession>>;

/** A list of sessions, and whether its end proves that it is whole. */
export interface SessionList {
  readonly sessions: ReadonlyMap<string, ListedSession>;
  readonly end: ListEndCheck;
}

/**
 * Reads a list of sessions, one JSON object a line, and checks its last line, which core signs with one of `keys`. Throws CannotVerify that
 * names the line for a text that is none.
 */
export async function readSessionList(file: string, keys: readonly NamedKey[]): Promise<SessionList> {
  const list = new ListReader(file);
  for await (const line of fileLines(file, 'a list of session proofs')) list.add(line);
  const { sessions, lines, behind, end } = list;
  return { sessions, end: checkListEnd({ lines, behind, end, sha256: list.digest() }, keys) };
}

class ListReader {
  readonly sessions = new Map<string, ListedSession>();
  /** Lines before the end. */
  lines = 0;
  end: Buffer | undefined;
  /** Number of the first line behind the end. */
  behind: number | undefined;
  private line = 0;
  private readonly hash = createHash('sha256');

  constructor(private readonly file: string) {}

  add(line: Buffer): void {
    this.line++;
    if (this.end) this.behind ??= this.line;
    const value = this.parsed(line, (text) => JSON.parse(text) as unknown);
    if (isSessionListEnd(value)) this.end ??= Buffer.concat([line, Buffer.from('\n')]);
    else this.session(line, value);
  }

  digest(): string {
    return this.hash.digest('hex');
  }

  private session(line: Buffer, value: unknown): void {
    if (!this.end) {
      this.lines++;
      this.hash.update(line).update('\n');
    }
    const session = this.parsed(line, () => ListedSession.parse(value));
    this.sessions.set(session.session_id, session);
  }

  private parsed<T>(line: Buffer, parse: (text: string) => T): T {
    try {
      return parse(line.toString('utf8'));
    } catch (error) {
      const what = `"${this.file}" is not a list of session proofs in line ${this.line}: ${(error as Error).message}`;
      throw new CannotVerify(what, {}, { cause: error });
    }
  }
}
