import { withClient } from '@sallyport/database';
import type { TestPostgres } from './a-postgres.js';

/**
 * Runs statements one after the other as the superuser: without the product's statement timeout and pool. Meant for rows by the ten
 * thousand that a test needs before it begins.
 */
export async function asSuperuser(database: TestPostgres, ...statements: readonly string[]): Promise<void> {
  await withClient(database.url, async (client) => {
    await client.query('SET statement_timeout = 0');
    for (const statement of statements) await client.query(statement);
  });
}
