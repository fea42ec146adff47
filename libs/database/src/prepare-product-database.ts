import { Client, escapeIdentifier, escapeLiteral } from 'pg';

/** Passwords of the database roles: two for each service that has a schema. */
export interface ProductRoles {
  /** The roles that own the schemas. */
  readonly core: string;
  readonly indexer: string;
  /** The roles that the running services log in as. */
  readonly coreService: string;
  readonly indexerService: string;
}

/** URLs of the schemas. Each contains a password. */
export interface ProductDatabase {
  /** As the schema's owner: for migrations. */
  readonly coreUrl: string;
  readonly indexerUrl: string;
  /** As the role of the running service: the migration grants it what it needs. */
  readonly coreServiceUrl: string;
  readonly indexerServiceUrl: string;
}

/** A role, and the schema that its sessions see. */
const ROLES = {
  core: { name: 'core', schema: 'core' },
  indexer: { name: 'indexer', schema: 'cmdlog' },
  coreService: { name: 'core_service', schema: 'core' },
  indexerService: { name: 'indexer_service', schema: 'cmdlog' },
} as const satisfies Record<keyof ProductRoles, { name: string; schema: string }>;
type Role = keyof ProductRoles;
const ALL_ROLES = Object.keys(ROLES) as Role[];
const OWNERS = ['core', 'indexer'] as const;

/**
 * Creates the database `database` in the server of `adminUrl`. Role `core` owns schema `core` and role `indexer` owns schema `cmdlog`;
 * neither can read the other's. The running services log in as `core_service` and `indexer_service`, which own nothing. Safe to repeat;
 * passwords are set anew.
 */
export async function prepareProductDatabase(adminUrl: string, database: string, passwords: ProductRoles): Promise<ProductDatabase> {
  await withClient(adminUrl, async (client) => {
    // Roles belong to the whole server: two test files that create them at once must not meet between check and create.
    await client.query('begin');
    await client.query(`select pg_advisory_xact_lock(hashtext('sallyport roles'))`);
    for (const role of ALL_ROLES) await ensureRole(client, role, passwords[role]);
    await client.query('commit');
    const there = await client.query('select 1 from pg_database where datname = $1', [database]);
    if (there.rowCount === 0) await client.query(`create database ${escapeIdentifier(database)}`);
  });
  await withClient(inDatabase(adminUrl, database), (client) => divide(client, database));
  return productUrls(adminUrl, database, passwords);
}

/** Returns the services' URLs for a database that was prepared already. */
export function productUrls(adminUrl: string, database: string, passwords: ProductRoles): ProductDatabase {
  const url = (role: Role): string => asRole(inDatabase(adminUrl, database), ROLES[role].name, passwords[role]);
  return {
    coreUrl: url('core'),
    indexerUrl: url('indexer'),
    coreServiceUrl: url('coreService'),
    indexerServiceUrl: url('indexerService'),
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

async function ensureRole(client: Client, role: Role, password: string): Promise<void> {
  const { name, schema } = ROLES[role];
  const there = await client.query('select 1 from pg_roles where rolname = $1', [name]);
  const verb = there.rowCount === 0 ? 'create' : 'alter';
  await client.query(`${verb} role ${name} login nosuperuser nocreatedb nocreaterole password ${escapeLiteral(password)}`);
  await client.query(`alter role ${name} set search_path = ${schema}, public`);
}

async function divide(client: Client, database: string): Promise<void> {
  await client.query('revoke create on schema public from public');
  await client.query(`revoke temporary on database ${escapeIdentifier(database)} from public`);
  for (const extension of ['pg_trgm', 'uuid-ossp'])
    await client.query(`create extension if not exists ${escapeIdentifier(extension)} with schema public`);
  for (const { name, schema } of OWNERS.map((role) => ROLES[role])) {
    await client.query(`create schema if not exists ${schema} authorization ${name}`);
    await client.query(`revoke all on schema ${schema} from public`);
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
