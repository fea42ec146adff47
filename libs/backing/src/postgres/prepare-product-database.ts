import { Client, escapeIdentifier, escapeLiteral } from 'pg';

/** Passwords of the two services that have a database role. */
export interface ProductRoles {
  readonly core: string;
  readonly indexer: string;
}

/** URL of each service's own schema. Both contain a password. */
export interface ProductDatabase {
  readonly coreUrl: string;
  readonly indexerUrl: string;
}

const OWNED = { core: 'core', indexer: 'cmdlog' } as const;

/**
 * Creates the database `database` in the server of `adminUrl`. Role `core` owns schema `core` and role `indexer` owns schema `cmdlog`;
 * neither can read the other's. Safe to repeat; passwords are set anew.
 */
export async function prepareProductDatabase(adminUrl: string, database: string, passwords: ProductRoles): Promise<ProductDatabase> {
  await withClient(adminUrl, async (client) => {
    // Roles belong to the whole server: two test files that create them at once must not meet between check and create.
    await client.query('begin');
    await client.query(`select pg_advisory_xact_lock(hashtext('sallyport roles'))`);
    for (const role of ['core', 'indexer'] as const) await ensureRole(client, role, passwords[role]);
    await client.query('commit');
    const there = await client.query('select 1 from pg_database where datname = $1', [database]);
    if (there.rowCount === 0) await client.query(`create database ${escapeIdentifier(database)}`);
  });
  await withClient(inDatabase(adminUrl, database), (client) => divide(client, database));
  return productUrls(adminUrl, database, passwords);
}

/** Returns the services' URLs for a database that was prepared already. */
export function productUrls(adminUrl: string, database: string, passwords: ProductRoles): ProductDatabase {
  return {
    coreUrl: asRole(inDatabase(adminUrl, database), 'core', passwords.core),
    indexerUrl: asRole(inDatabase(adminUrl, database), 'indexer', passwords.indexer),
  };
}

/** Returns the URL of another database of the same server. */
export function inDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${encodeURIComponent(database)}`;
  return changed.href;
}

function asRole(url: string, role: string, password: string): string {
  const changed = new URL(url);
  changed.username = role;
  changed.password = password;
  return changed.href;
}

async function ensureRole(client: Client, role: 'core' | 'indexer', password: string): Promise<void> {
  const there = await client.query('select 1 from pg_roles where rolname = $1', [role]);
  const verb = there.rowCount === 0 ? 'create' : 'alter';
  await client.query(`${verb} role ${role} login nosuperuser nocreatedb nocreaterole password ${escapeLiteral(password)}`);
  await client.query(`alter role ${role} set search_path = ${OWNED[role]}, public`);
}

async function divide(client: Client, database: string): Promise<void> {
  await client.query('revoke create on schema public from public');
  await client.query(`revoke temporary on database ${escapeIdentifier(database)} from public`);
  for (const extension of ['pg_trgm', 'uuid-ossp'])
    await client.query(`create extension if not exists ${escapeIdentifier(extension)} with schema public`);
  for (const role of ['core', 'indexer'] as const) {
    await client.query(`create schema if not exists ${OWNED[role]} authorization ${role}`);
    await client.query(`revoke all on schema ${OWNED[role]} from public`);
  }
}

/** Runs `work` on a connection of its own. */
export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined); // a server that stops meanwhile fails the query, which is reported; the socket's own event adds nothing
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
