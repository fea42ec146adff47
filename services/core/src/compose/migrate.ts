import { createLogger } from '@sallyport/telemetry';
import type { MigrateConfig } from '../config.js';
import { connectDatabase, migrate, roleOf } from '../database/index.js';

/**
 * Migrates the schema to this version, as its owner, and grants the role of the running core its rights. Safe to run again, and twice at the
 * same time.
 */
export async function migrateDatabase({ CORE_MIGRATION_DATABASE_URL, CORE_DATABASE_URL, LOG_LEVEL }: MigrateConfig): Promise<void> {
  const logger = createLogger({ service: 'core', ...(LOG_LEVEL && { level: LOG_LEVEL }) });
  const dataSource = await connectDatabase(CORE_MIGRATION_DATABASE_URL ?? CORE_DATABASE_URL);
  const role = CORE_MIGRATION_DATABASE_URL === undefined ? undefined : roleOf(CORE_DATABASE_URL);
  try {
    const done = await migrate(dataSource, role);
    logger.info({ migrations: done }, done.length === 0 ? 'the schema is up to date' : 'the schema was migrated');
    if (role === undefined) logger.warn('no role of the running core has got its rights: CORE_MIGRATION_DATABASE_URL is not set');
    else logger.info({ role }, 'the role of the running core has its rights');
  } finally {
    await dataSource.destroy();
  }
}
