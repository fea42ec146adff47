/**
 * The meaning of a search, in one place for all stores. Each store keeps the folded input and the terms that are computed here, and a search is
 * folded and split into terms the same way. The stores' own tokenizers are not used, since they differ, above all for paths and file names.
 */

/** Length of the beginning of an input in which parts are found, UTF-16 units; at most 24 KiB of UTF-8, below Lucene's 32 KiB per term. */
const FOLDED_LIMIT = 8_192;
/** Length of the beginning of input and output in which terms are found, UTF-16 units. */
const TERMS_LIMIT = 128 * 1024;
/** Longest term, UTF-16 units; longer ones are truncated. A search is not longer. */
const TERM_LIMIT = 256;

const TERM = /[\p{L}\p{M}\p{N}_]+/gu;

/** Normalizes text for comparison: Unicode NFKC, lower case, a single blank for each run of white space, none at the ends. */
export const fold = (text: string): string => text.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim();

/** Returns the input in the form in which parts are found. */
export const foldedInput = (input: string): string => withoutHalfCharacter(fold(input.slice(0, FOLDED_LIMIT)).slice(0, FOLDED_LIMIT));

/** Returns the distinct terms of some texts: runs of letters, digits and underscores. */
export function termsOf(...texts: readonly string[]): string[] {
  const terms = texts.flatMap((text) => fold(text.slice(0, TERMS_LIMIT)).match(TERM) ?? []);
  return [...new Set(terms.map((term) => withoutHalfCharacter(term.slice(0, TERM_LIMIT))))];
}

/** A search in the stores' form: all `terms`, or `part` within the folded input. */
export interface TextSearch {
  readonly part: string;
  /** Empty for a text like `&&`: then only the part counts. */
  readonly terms: readonly string[];
}

/** Returns the search for a text; undefined if the text is blank. */
export function textSearch(text: string | undefined): TextSearch | undefined {
  const part = fold(text ?? '');
  return part === '' ? undefined : { part, terms: termsOf(part) };
}

/** Removes the first half of a surrogate pair that truncation may leave at the end. */
function withoutHalfCharacter(text: string): string {
  return text.isWellFormed() ? text : text.slice(0, -1);
}
