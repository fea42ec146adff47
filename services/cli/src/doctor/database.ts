import { Client } from 'pg';

const ANSWER_MS = 4_000;

/** Runs one statement on a connection of its own. Rejects after 4 s. */
export async function queryOnce<Row extends object>(url: string, sql: string, values: readonly unknown[] = []): Promise<Row[]> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: ANSWER_MS,
    query_timeout: ANSWER_MS,
    statement_timeout: ANSWER_MS,
    application_name: 'sallyport-doctor',
  });
  client.on('error', () => undefined); // the statement fails too
  try {
    await client.connect();
    return (await client.query<Row>(sql, [...values])).rows;
  } finally {
    // It would wait for a server that is away.
    void client.end().catch(() => undefined);
  }
}

/** Returns host and database of a URL, for a message. */
export const placeOf = (url: string): string => `${new URL(url).host}${new URL(url).pathname}`;
