import { inOrg, systemCtx } from '@sallyport/context';
import { DEFAULT_ORG_ID } from '../modules/orgs/index.js';
import { atConsole, type ConsoleTarget } from './console.js';
import { readSeedFile } from './seed-file.js';
import { Seeder } from './seeder.js';

/** Makes what the file names and is not there. Names are the keys: running it again changes nothing. */
export async function seedDatabase(path: string, target: ConsoleTarget): Promise<void> {
  const seed = await readSeedFile(path);
  await atConsole(target, async (app, logger) => {
    await new Seeder(app, inOrg(systemCtx('seed'), DEFAULT_ORG_ID)).apply(seed);
    logger.info(
      { users: seed.users.length, hosts: seed.hosts.length, accounts: seed.accounts.length, permissions: seed.permissions.length },
      'seeded',
    );
  });
}
