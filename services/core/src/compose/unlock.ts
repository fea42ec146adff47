import { inOrg, systemCtx } from '@sallyport/context';
import { UnlockUser } from '../modules/authentication/index.js';
import { DEFAULT_ORG_ID } from '../modules/orgs/index.js';
import { atConsole, type ConsoleTarget } from './console.js';

/** Unlocks a user after wrong passwords, for the case that no admin can sign in. Works beside a serving core. */
export async function unlockUser(username: string, target: ConsoleTarget): Promise<void> {
  await atConsole(target, async (app, logger) => {
    await app.get(UnlockUser).unlockByName(inOrg(systemCtx('console'), DEFAULT_ORG_ID), username);
    logger.info({ username }, 'unlocked');
  });
}
