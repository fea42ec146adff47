import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
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

/** Reads a list of sessions, one JSON object a line. Throws CannotVerify that names the line. */
export async function readSessionList(file: string): Promise<ReadonlyMap<string, ListedSession>> {
  const sessions = new Map<string, ListedSession>();
  let line = 0;
  try {
    for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
      line++;
      if (text.trim() === '') continue;
      const session = ListedSession.parse(JSON.parse(text));
      sessions.set(session.session_id, session);
    }
  } catch (error) {
    const where = line === 0 ? '' : ` in line ${line}`;
    throw new CannotVerify(`"${file}" is not a list of session proofs${where}: ${(error as Error).message}`, {}, { cause: error });
  }
  return sessions;
}
