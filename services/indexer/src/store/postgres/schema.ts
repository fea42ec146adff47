import type { Client, ClientBase, Pool } from 'pg';
import { SchemaBehind, SchemaNotAllowed } from '../store.errors.js';
import { grantServiceRole } from './grant-service-role.js';
import { migrations } from './migrations/index.js';

const SCHEMA = 'cmdlog';
/** Lock under which concurrent migrations run once. */
const MIGRATION_LOCK = 7_404_001;

/** Runs the missing migrations, grants the rights of `serviceRole`, and returns the names of the migrations. It takes a connection of its own, because a migration may exceed the statement timeout. */
export async function migrateSchema(client: Client, serviceRole?: string): Promise<string[]> {
  // If the server stops meanwhile, the statement fails, and that is reported.
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await ensureSurroundings(client);
    const missing = await missingMigrations(client);
    for (const name of missing) await runMigration(client, name);
    if (serviceRole !== undefined) await grantServiceRole(client, SCHEMA, serviceRole);
    return missing;
  } finally {
    // Releases the lock too.
    await client.end();
  }
}

/** Throws SchemaBehind if a migration of this version is missing. */
export async function checkSchema(pool: Pool): Promise<void> {
  const missing = await missingMigrations(pool);
  if (missing.length > 0) throw new SchemaBehind(missing);
}

async function missingMigrations(client: Pick<ClientBase, 'query'>): Promise<string[]> {
  const table = await client.query<{ name: string | null }>('SELECT to_regclass($1) AS name', [`${SCHEMA}.migration`]);
  const done = table.rows[0]?.name ? (await client.query<{ name: string }>(`SELECT name FROM ${SCHEMA}.migration`)).rows : [];
  const had = new Set(done.map(({ name }) => name));
  return migrations.map(({ name }) => name).filter((name) => !had.has(name));
}

async function ensureSurroundings(client: ClientBase): Promise<void> {
  await ensure(client, 'SELECT 1 FROM pg_namespace WHERE nspname = $1', SCHEMA, `CREATE SCHEMA ${SCHEMA}`);
  await ensure(client, 'SELECT 1 FROM pg_extension WHERE extname = $1', 'pg_trgm', 'CREATE EXTENSION pg_trgm SCHEMA public');
  await client.query(
    `CREATE TABLE IF NOT EXISTS ${SCHEMA}.migration (name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now(), CONSTRAINT migration_name_pk PRIMARY KEY (name))`,
  );
}

/** Runs the statement if the object is missing. IF NOT EXISTS would need the right to create it even if it exists. */
async function ensure(client: ClientBase, question: string, name: string, statement: string): Promise<void> {
  const found = await client.query(question, [name]);
  if (found.rowCount !== 0) return;
  try {
    await client.query(statement);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new SchemaNotAllowed(
      `"${name}" is not in the database and could not be created (${problem}): run "${statement}" as its administrator`,
      { name },
      { cause: error },
    );
  }
}

async function runMigration(client: ClientBase, name: string): Promise<void> {
  const sql = migrations.find((each) => each.name === name)?.sql ?? '';
  await client.query('BEGIN');
  try {
    await client.query(sql);
    await client.query(`INSERT INTO ${SCHEMA}.migration (name) VALUES ($1)`, [name]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}
