import { inOrg, systemCtx } from '@sallyport/context';
import { UnknownUsername, UnlockUser } from '../modules/authentication/index.js';
import { DEFAULT_ORG_ID } from '../modules/orgs/index.js';
import { KnownUsers, Passwords } from '../modules/users/index.js';
import { atConsole, type ConsoleTarget } from './console.js';

/**
 * Sets a one-time password, for the case that no admin can sign in. Prints it to `print` alone. Works beside a serving core.
 * Throws UnknownUsername.
 */
export async function resetPassword(username: string, print: (line: string) => void, target: ConsoleTarget): Promise<void> {
  await atConsole(target, async (app, logger) => {
    const ctx = inOrg(systemCtx('console'), DEFAULT_ORG_ID);
    const user = await app.get(KnownUsers).findByUsername(ctx, username);
    if (!user) throw new UnknownUsername(username);
    const password = await app.get(Passwords).reset(ctx, user);
    await app.get(UnlockUser).unlockByName(ctx, username);
    logger.info({ username: user.username }, 'password reset');
    print(`Sign in as "${user.username}" with the password ${password} and change it.`);
  });
}
