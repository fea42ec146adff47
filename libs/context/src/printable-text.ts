/** The longest text that `printableLine` returns by default, UTF-16 units. */
const MAX_LINE = 4096;

/**
 * Characters that a terminal obeys or hides, so that the text is not what it seems: control characters (C0, DEL, C1), halves of surrogate
 * pairs, line separators, blank letters, and format characters. Zero-width characters and the marks that turn the direction of text are
 * format characters. The variation selectors U+FE0E and U+FE0F stay: they choose how an emoji looks.
 */
const UNPRINTABLE = /(?![\uFE0E\uFE0F])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/**
 * Returns a text of another party as one line that may be stored, logged and shown on a terminal: U+FFFD for each character that a terminal
 * obeys or hides, and cut to a length. Everything that the gateway itself shows to a user passes through here or `printableLines`.
 */
export const printableLine = (text: string, maxChars: number = MAX_LINE): string => cut(text, maxChars).replaceAll(UNPRINTABLE, '\uFFFD');

/** Returns a text as `printableLine` does, line by line: "\n" stays. */
export const printableLines = (text: string, maxChars: number = MAX_LINE): string =>
  cut(text, maxChars)
    .split('\n')
    .map((line) => line.replaceAll(UNPRINTABLE, '\uFFFD'))
    .join('\n');

/** Returns the beginning of a text, without half of a surrogate pair at its end. */
function cut(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  return text.slice(0, maxChars).replace(/[\uD800-\uDBFF]$/, '');
}
