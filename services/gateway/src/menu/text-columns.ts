import stringWidth from 'string-width';

const segmenter = new Intl.Segmenter();
const ASCII = /^[\x20-\x7e]*$/;

/** Returns the number of columns that a text takes on a terminal: Chinese, Japanese and emoji characters take two. */
export const columnsOf = (text: string): number => (ASCII.test(text) ? text.length : stringWidth(text));

/** Returns the characters of a text as a reader counts them: a letter with its accents is one. */
export const charactersOf = (text: string): string[] =>
  ASCII.test(text) ? [...text] : Array.from(segmenter.segment(text), ({ segment }) => segment);

/** Returns the text if it fits into so many columns, else its beginning with "…". */
export function cutToColumns(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let kept = '';
  let width = 1; // of "…"
  for (const character of charactersOf(text)) {
    width += columnsOf(character);
    if (width > columns) break;
    kept += character;
  }
  return `${kept}…`;
}

/** Returns the text with spaces up to so many columns; cut if it is longer. */
export function padToColumns(text: string, columns: number): string {
  const short = cutToColumns(text, columns);
  return short + ' '.repeat(Math.max(0, columns - columnsOf(short)));
}
