import { z } from 'zod';
import { readJsonLines } from './read-json-lines.js';

const CommandRow = z.object({ id: z.string(), session: z.string(), seq: z.int().positive(), input: z.string(), output: z.string() });
const Page = z.object({ results: z.array(CommandRow) });

/** A row of the command log. `seq` is the number of its frame in the recording. */
export type CommandRow = Readonly<z.infer<typeof CommandRow>>;

/** Rows of one session, by frame number. */
export type SessionRows = ReadonlyMap<number, CommandRow>;

/**
 * Reads rows of the command log, by session: a row or a page of GET /api/v1/terminal/commands per line. Throws CannotVerify that names the
 * line.
 */
export async function readCommandRows(file: string): Promise<ReadonlyMap<string, SessionRows>> {
  const sessions = new Map<string, Map<number, CommandRow>>();
  await readJsonLines(file, 'has no rows of the command log', (value) => {
    for (const row of rowsIn(value)) {
      const rows = sessions.get(row.session) ?? new Map<number, CommandRow>();
      sessions.set(row.session, rows.set(row.seq, row));
    }
  });
  return sessions;
}

const rowsIn = (value: unknown): readonly CommandRow[] =>
  typeof value === 'object' && value !== null && 'results' in value ? Page.parse(value).results : [CommandRow.parse(value)];
