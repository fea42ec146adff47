/** Somebody else's words, as they may be kept and shown: not at any length, and a mark for what PostgreSQL does not keep or nobody can see. */
export const readable = (text: string, maxChars: number): string =>
  text.slice(0, maxChars).replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '\uFFFD');
