import { z } from 'zod';
import { readJsonLines } from './read-json-lines.js';

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
  await readJsonLines(file, 'is not a list of session proofs', (value) => {
    const session = ListedSession.parse(value);
    sessions.set(session.session_id, session);
  });
  return sessions;
}
