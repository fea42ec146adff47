/** Returns a text of another party as it may be stored and shown: cut to a length, with U+FFFD for each control, format and separator character. */
export const sanitizeText = (text: string, maxChars: number): string =>
  text.slice(0, maxChars).replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '\uFFFD');
