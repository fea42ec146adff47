import { DataSource } from 'typeorm';
import { entities } from './entities.js';
import { migrations } from './migrations/index.js';
import { SnakeCaseNaming } from './snake-case.naming.js';

/** The Postgres schema that core owns. */
export const SCHEMA = 'core';

const POOL_SIZE = 20;
const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 30_000;

/** Returns a data source for core's schema that is not connected yet. */
export function createDataSource(url: string): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    schema: SCHEMA,
    entities,
    migrations,
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'each',
    namingStrategy: new SnakeCaseNaming(),
    synchronize: false,
    poolSize: POOL_SIZE,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    installExtensions: false,
    // An undefined id that matched the first row would be a breach: refuse it instead.
    invalidWhereValuesBehavior: { null: 'throw', undefined: 'throw' },
    // The planner's default takes an index read for a disk's seek, and reads whole tables instead.
    extra: {
      options: `-c search_path=${SCHEMA} -c random_page_cost=1.1`,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      application_name: 'sallyport-core',
    },
  });
}
