/** Returns the ILIKE pattern that finds a text anywhere; its own wildcards are taken literally. */
export const containing = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;
