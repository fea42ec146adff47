/** Rows and columns of keyboards: QWERTY, QWERTZ and AZERTY. */
const KEYS = [
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'qwertzuiop',
  'yxcvbnm',
  'azertyuiop',
  '1234567890',
  'abcdefghijklmnopqrstuvwxyz',
  '0123456789',
];
const COLUMNS = ['1qaz', '2wsx', '3edc', '4rfv', '5tgb', '6yhn', '7ujm', '8ik', '9ol'];

const RUNS = [...KEYS, ...COLUMNS].flatMap((keys) => [keys, [...keys].reverse().join('')]);

/** Shortest run that counts. */
const MIN_RUN = 3;

/** Returns the length of the run of keys or of letters and digits in order, forwards or backwards, that begins at a place; 0 if there is none. */
export function keyRunAt(text: string, at: number): number {
  const longest = Math.max(...RUNS.map((run) => commonLength(text, at, run)));
  return longest >= MIN_RUN ? longest : 0;
}

function commonLength(text: string, at: number, run: string): number {
  const start = run.indexOf(text[at] ?? '\0');
  if (start < 0) return 0;
  let length = 1;
  while (at + length < text.length && text[at + length] === run[start + length]) length += 1;
  return length;
}
