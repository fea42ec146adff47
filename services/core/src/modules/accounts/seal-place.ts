/** Where a sealed secret belongs: copied to another account it does not open. */
export const sealPlace = (accountId: string): string => `account:${accountId}`;
