import type { DataSource } from 'typeorm';
import { SCHEMA } from './data-source.js';
import { grantServiceRole } from './service-role.js';

/** Key of the advisory lock under which migrations run: two jobs at once do the work once. */
const MIGRATION_LOCK = 7_401_001;

/**
 * Runs the missing migrations and returns their names. Creates the schema if it is missing and the role may. Grants `serviceRole`, if there is
 * one, its rights.
 */
export async function migrate(dataSource: DataSource, serviceRole?: string): Promise<string[]> {
  const lock = dataSource.createQueryRunner();
  await lock.connect();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const [found] = (await lock.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [SCHEMA])) as unknown[];
    if (!found) await lock.query(`CREATE SCHEMA ${SCHEMA}`);
    const done = await dataSource.runMigrations();
    if (serviceRole !== undefined) await grantServiceRole(lock, serviceRole);
    return done.map(({ name }) => name);
  } finally {
    await lock.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    await lock.release();
  }
}

/** A role that has not got its rights yet may not read the table: it needs a migration as well. */
const READABLE = `
  SELECT has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS "isReadable"
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = 'migration'`;

/** Returns the names of migrations that this version needs and the database lacks. */
export async function schemaIsBehind(dataSource: DataSource): Promise<string[]> {
  const [table] = (await dataSource.query(READABLE, [SCHEMA])) as { isReadable: boolean }[];
  const rows = table?.isReadable ? ((await dataSource.query(`SELECT name FROM ${SCHEMA}.migration`)) as { name: string }[]) : [];
  const had = new Set(rows.map(({ name }) => name));
  return dataSource.migrations.map((migration) => migration.name ?? migration.constructor.name).filter((name) => !had.has(name));
}
