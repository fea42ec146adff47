import { createLogger } from '@sallyport/telemetry';
import { connectDatabase, migrate } from '../database/index.js';

/** Brings the schema up to this version and ends. Safe to run twice, and twice at once. */
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
