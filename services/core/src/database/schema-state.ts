import type { DataSource } from 'typeorm';
import { SCHEMA } from './data-source.js';

/** Key of the advisory lock under which migrations run: two jobs at once do the work once. */
const MIGRATION_LOCK = 7_401_001;

/** Runs the missing migrations and returns their names. Creates the schema if it is missing and the role may. */
export async function migrate(dataSource: DataSource): Promise<string[]> {
  const lock = dataSource.createQueryRunner();
  await lock.connect();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const [found] = (await lock.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [SCHEMA])) as unknown[];
    if (!found) await lock.query(`CREATE SCHEMA ${SCHEMA}`);
    const done = await dataSource.runMigrations();
    return done.map(({ name }) => name);
  } finally {
    await lock.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    await lock.release();
  }
}

/** Returns the names of migrations that this version needs and the database lacks. */
export async function schemaIsBehind(dataSource: DataSource): Promise<string[]> {
  const [table] = (await dataSource.query('SELECT to_regclass($1) AS name', [`${SCHEMA}.migration`])) as { name: string | null }[];
  const rows = table?.name ? ((await dataSource.query(`SELECT name FROM ${SCHEMA}.migration`)) as { name: string }[]) : [];
  const had = new Set(rows.map(({ name }) => name));
  return dataSource.migrations.map((migration) => migration.name ?? migration.constructor.name).filter((name) => !had.has(name));
}
