import { createLogger } from '@sallyport/telemetry';
import { connectDatabase, migrate } from '../database/index.js';

/** Migrates the schema to this version. Safe to run again, and twice at the same time. */
export async function migrateDatabase(url: string, level: string | undefined): Promise<void> {
  const logger = createLogger({ service: 'core', ...(level && { level }) });
  const dataSource = await connectDatabase(url);
  try {
    const done = await migrate(dataSource);
    logger.info({ migrations: done }, done.length === 0 ? 'the schema is up to date' : 'the schema was migrated');
  } finally {
    await dataSource.destroy();
  }
}
