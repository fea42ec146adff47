/** Returns the associated data of an account's sealed secret: a secret that is copied to another account can't be opened there. */
export const secretAad = (accountId: string): string => `account:${accountId}`;
