import { AppError } from '@sallyport/errors';
import type { DataSource } from 'typeorm';
import { DatabaseAway } from './connection-loss.js';
import { createDataSource } from './data-source.js';
import { schemaIsBehind } from './schema-state.js';

/** A connected data source. */
export type OpenDatabase = DataSource;

class SchemaBehind extends AppError {
  readonly code = 'SCHEMA_BEHIND';
  readonly kind = 'unavailable';
  constructor(missing: readonly string[]) {
    super(`The database schema is behind this version; run "main.js migrate" first. Missing: ${missing.join(', ')}`, {
      missing: missing.join(','),
    });
  }
}

/** Connects. The error names host and database, never the password. */
export async function connectDatabase(url: string): Promise<OpenDatabase> {
  const dataSource = createDataSource(url);
  try {
    return await dataSource.initialize();
  } catch (error) {
    const { host, pathname } = new URL(url);
    throw new DatabaseAway(
      `Cannot connect to PostgreSQL at ${host}${pathname}: ${error instanceof Error ? error.message : String(error)}`,
      {},
      { cause: error },
    );
  }
}

/** Connects to a schema that has all that this version needs, or refuses. */
export async function openDatabase(url: string): Promise<OpenDatabase> {
  const dataSource = await connectDatabase(url);
  const missing = await schemaIsBehind(dataSource);
  if (missing.length === 0) return dataSource;
  await dataSource.destroy();
  throw new SchemaBehind(missing);
}
