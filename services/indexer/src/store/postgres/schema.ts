import { escapeIdentifier, type Client, type ClientBase, type Pool } from 'pg';
import { SchemaBehind, SchemaNotAllowed } from '../store.errors.js';
import { migrations } from './migrations/index.js';

const SCHEMA = 'cmdlog';
/** Lock under which concurrent migrations run once. */
const MIGRATION_LOCK = 7_404_001;

/**
 * Runs the missing migrations and returns their names. Grants `serviceRole`, if there is one, its rights. It takes a connection of its own,
 * because a migration may exceed the statement timeout.
 */
export async function migrateSchema(client: Client, serviceRole?: string): Promise<string[]> {
  // If the server stops meanwhile, the statement fails, and that is reported.
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await ensureSurroundings(client);
    const missing = await missingMigrations(client);
    for (const name of missing) await runMigration(client, name);
    if (serviceRole !== undefined) await grantServiceRole(client, serviceRole);
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

/** A role that has not got its rights yet may not read the table: it needs `migrate` as well. */
const READABLE = `
  SELECT has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS "isReadable"
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = 'migration'`;

async function missingMigrations(client: Pick<ClientBase, 'query'>): Promise<string[]> {
  const table = await client.query<{ isReadable: boolean }>(READABLE, [SCHEMA]);
  const done = table.rows[0]?.isReadable ? (await client.query<{ name: string }>(`SELECT name FROM ${SCHEMA}.migration`)).rows : [];
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

/** Rights of the running indexer: it adds commands and reads them, and can't change or remove one. */
const RIGHTS = { command: 'SELECT, INSERT', migration: 'SELECT' };

/** Grants the role of the running indexer its rights, in one transaction, and revokes all others. Throws SchemaNotAllowed for an unfit role. */
async function grantServiceRole(client: ClientBase, role: string): Promise<void> {
  const found = await client.query<{ owns: boolean }>(
    `SELECT rolsuper OR pg_has_role(rolname, nspowner, 'MEMBER') AS owns FROM pg_roles, pg_namespace WHERE rolname = $1 AND nspname = $2`,
    [role, SCHEMA],
  );
  if (found.rows[0]?.owns !== false) {
    const problem = found.rows[0] ? `owns the schema ${SCHEMA} or may act as its owner` : 'does not exist';
    throw new SchemaNotAllowed(`The role "${role}" of INDEXER_DATABASE_URL ${problem}: use a role of its own that owns nothing`, { role });
  }
  const to = escapeIdentifier(role);
  await inTransaction(client, async () => {
    await client.query(`REVOKE ALL ON SCHEMA ${SCHEMA} FROM ${to}, PUBLIC`);
    await client.query(`REVOKE ALL ON ALL TABLES IN SCHEMA ${SCHEMA} FROM ${to}, PUBLIC`);
    await client.query(`GRANT USAGE ON SCHEMA ${SCHEMA} TO ${to}`);
    for (const [table, rights] of Object.entries(RIGHTS)) await client.query(`GRANT ${rights} ON ${SCHEMA}.${table} TO ${to}`);
  });
}

async function runMigration(client: ClientBase, name: string): Promise<void> {
  const sql = migrations.find((each) => each.name === name)?.sql ?? '';
  await inTransaction(client, async () => {
    await client.query(sql);
    await client.query(`INSERT INTO ${SCHEMA}.migration (name) VALUES ($1)`, [name]);
  });
}

async function inTransaction(client: ClientBase, work: () => Promise<void>): Promise<void> {
  await client.query('BEGIN');
  try {
    await work();
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}
