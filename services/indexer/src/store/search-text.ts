/**
 * What searching means, in one place for all stores: each keeps the folded input and the words that are made here, and a search is
 * folded and cut into words the same way. No store's own tokenizer is asked, since no two agree (about paths and file names above all).
 */

/** The beginning of an input in which parts are found, UTF-16 units; at most 24 KiB of UTF-8, below Lucene's 32 KiB per term. */
const FOLDED_LIMIT = 8_192;
/** The beginning of an input and of an output whose words are found, UTF-16 units. */
const WORDS_LIMIT = 128 * 1024;
/** Longer words count by their beginning, UTF-16 units; a search is no longer than this. */
const WORD_LIMIT = 256;

const WORD = /[\p{L}\p{M}\p{N}_]+/gu;

/** Text for comparing: compatibility forms and case made one (Unicode NFKC, lower case), white space runs one blank, none at the ends. */
export const fold = (text: string): string => text.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim();

/** The input as it is kept for finding parts of it. */
export const foldedInput = (input: string): string => withoutHalfCharacter(fold(input.slice(0, FOLDED_LIMIT)).slice(0, FOLDED_LIMIT));

/** The different words of some texts: runs of letters, digits and underscores. */
export function wordsOf(...texts: readonly string[]): string[] {
  const words = texts.flatMap((text) => fold(text.slice(0, WORDS_LIMIT)).match(WORD) ?? []);
  return [...new Set(words.map((word) => withoutHalfCharacter(word.slice(0, WORD_LIMIT))))];
}

/** A search as stores ask it: all `words`, or `part` within the folded input. Undefined where the text is blank. */
export interface TextSearch {
  readonly part: string;
  /** Empty where the text has none, as in `&&`: then only the part counts. */
  readonly words: readonly string[];
}

/** Reads what was typed. */
export function textSearch(text: string | undefined): TextSearch | undefined {
  const part = fold(text ?? '');
  return part === '' ? undefined : { part, words: wordsOf(part) };
}

/** Cutting may leave the first half of a surrogate pair at the end. */
function withoutHalfCharacter(text: string): string {
  return text.isWellFormed() ? text : text.slice(0, -1);
}
