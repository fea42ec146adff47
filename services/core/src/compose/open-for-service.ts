import type { Logger } from '@sallyport/telemetry';
import { openDatabase, refuseAuditOwner, type OpenDatabase } from '../database/index.js';

/**
 * Connects as the role of the running core. Refuses an outdated schema, and a role that could change audit events unless that is allowed:
 * then it is logged.
 */
export async function openForService(url: string, isOwnerAllowed: boolean, logger: Logger): Promise<OpenDatabase> {
  const dataSource = await openDatabase(url);
  try {
    await refuseAuditOwner(dataSource);
  } catch (error) {
    if (isOwnerAllowed) {
      logger.error({ err: error }, 'the database does not protect the audit events from this core: it logs in as their owner');
      return dataSource;
    }
    await dataSource.destroy();
    throw error;
  }
  return dataSource;
}
