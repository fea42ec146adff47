import { prepareProductDatabase } from '@sallyport/backing';
import type { DataFolder } from '../data/data-folder.js';
import { replaceFile } from '../data/keep-file.js';

/** Files that contain each service's database URL. */
export interface DatabaseUrlFiles {
  readonly core: string;
  readonly indexer: string;
}

/** Creates database, roles and schemas if they are missing, and writes each service's URL to a file of mode 0600. */
export async function prepareDatabase(
  data: DataFolder,
  adminUrl: string,
  passwords: { core: string; indexer: string },
): Promise<DatabaseUrlFiles> {
  const urls = await prepareProductDatabase(adminUrl, 'sallyport', passwords);
  const files = { core: data.secret('core-database-url'), indexer: data.secret('indexer-database-url') };
  await replaceFile(files.core, urls.coreUrl);
  await replaceFile(files.indexer, urls.indexerUrl);
  return files;
}
