import { prepareProductDatabase, type ProductRoles } from '@sallyport/database';
import type { DataFolder } from '../data/data-folder.js';
import { replaceFile } from '../data/keep-file.js';

/** Files that contain database URLs. */
export interface DatabaseUrlFiles {
  /** URLs of the schemas' owners: only `migrate` gets them. */
  readonly core: string;
  readonly indexer: string;
  /** URLs of the roles that the running services log in as. */
  readonly coreService: string;
  readonly indexerService: string;
}

/** Creates database, roles and schemas if they are missing, and writes each URL to a file of mode 0600. */
export async function prepareDatabase(data: DataFolder, adminUrl: string, passwords: ProductRoles): Promise<DatabaseUrlFiles> {
  const urls = await prepareProductDatabase(adminUrl, 'sallyport', passwords);
  const files = {
    core: data.secret('core-database-url'),
    indexer: data.secret('indexer-database-url'),
    coreService: data.secret('core-service-database-url'),
    indexerService: data.secret('indexer-service-database-url'),
  };
  for (const role of ['core', 'indexer', 'coreService', 'indexerService'] as const) await replaceFile(files[role], urls[`${role}Url`]);
  return files;
}
