import { inDatabase, prepareProductDatabase, productUrls, withClient, type ProductDatabase } from '@sallyport/database';
import { randomBytes } from 'node:crypto';
import { chosenPostgresUrl } from '../config.js';
import { holdSharedPart } from '../shared/hold-shared-part.js';

/** A database of one test file, divided as in production: `coreUrl` and `indexerUrl` see their own schema only. */
export interface TestPostgres extends ProductDatabase {
  /** The superuser's URL of this database. */
  readonly url: string;
  readonly name: string;
  /** Drops the database and cuts its open connections. */
  drop(): Promise<void>;
}

/** Contents of a template database beyond the empty schemas. */
export interface DatabaseTemplate {
  /** Templates of one name are the same; one is made per test run. */
  readonly name: string;
  /** Migrates the template, e.g. by running the service's own migrations over `coreUrl`. Must close its connections. */
  migrate(database: ProductDatabase & { readonly url: string }): Promise<void>;
}

const PASSWORDS = { core: 'test-core', indexer: 'test-indexer', coreService: 'test-core-service', indexerService: 'test-indexer-service' };

/**
 * Returns a fresh database in the tests' PostgreSQL (TEST_POSTGRES_URL, a superuser's, else one that all test files share). It is a clone
 * of the template, which the first caller creates. A clone takes about 0.1 s, whatever the number of tables.
 */
export async function aPostgres(template?: DatabaseTemplate): Promise<TestPostgres> {
  const adminUrl = chosenPostgresUrl() ?? (await holdSharedPart('postgres'))['url'] ?? '';
  const source = await ensureTemplate(adminUrl, template ?? { name: 'empty', migrate: async () => undefined });
  const name = `test_${randomBytes(8).toString('hex')}`;
  await withClient(adminUrl, (client) => client.query(`create database ${name} template ${source}`));
  return {
    name,
    url: inDatabase(adminUrl, name),
    ...productUrls(adminUrl, name, PASSWORDS),
    drop: async () => void (await withClient(adminUrl, (client) => client.query(`drop database if exists ${name} with (force)`))),
  };
}

/**
 * Creates the template unless it exists. Its name contains the test runner's process id (test files run in its children), because a later
 * run may have other migrations.
 */
async function ensureTemplate(adminUrl: string, template: DatabaseTemplate): Promise<string> {
  const name = `template_${template.name.replace(/\W/g, '_')}_${process.ppid}`.toLowerCase();
  await withClient(adminUrl, async (client) => {
    await client.query('select pg_advisory_lock(hashtext($1))', [name]);
    const ready = await client.query('select 1 from pg_database where datname = $1 and datistemplate', [name]);
    if (ready.rowCount !== 0) return;
    await client.query(`drop database if exists ${name} with (force)`); // left by a migration that failed
    const database = await prepareProductDatabase(adminUrl, name, PASSWORDS);
    await template.migrate({ ...database, url: inDatabase(adminUrl, name) });
    await client.query(`alter database ${name} is_template true`);
  });
  return name;
}
