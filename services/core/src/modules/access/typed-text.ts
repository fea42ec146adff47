/** What a person typed, as it may be looked up, kept and shown: without control characters, and not at any length. */
export const typedText = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD').slice(0, MAX_CHARS);

const MAX_CHARS = 256;
