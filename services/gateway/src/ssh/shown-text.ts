import { printableLine, printableLines } from '@sallyport/context';

declare const shown: unique symbol;

/**
 * Bytes that the gateway itself shows on a user's terminal or writes to a user's pipe. The functions of this file alone make them: names,
 * comments and messages of users, of core and of assets reach a terminal without anything that it obeys or hides.
 */
export type ShownBytes = Buffer & { readonly [shown]: true };

/** Returns a text as bytes to show. "\n" begins a new line, as the terminal or the pipe wants it. */
export const shownText = (text: string, newline: '\n' | '\r\n'): ShownBytes =>
  bytesOf(printableLines(text, Infinity).replaceAll('\n', newline));

/**
 * Returns the banner of an asset as OpenSSH's client prints it: a control character as "\\" and three octal digits. Newlines and tabs stay;
 * a carriage return stays in front of a newline alone, where it would not let one line hide another.
 */
export const bannerText = (text: string): string =>
  text
    .replaceAll('\r\n', '\n')
    .replaceAll(/(?![\n\t])\p{Cc}/gu, (control) =>
      [...Buffer.from(control)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join(''),
    );

/** Returns the banner of an asset as bytes to show. */
export function shownBanner(text: string, newline: '\n' | '\r\n'): ShownBytes {
  const lines = bannerText(text).replaceAll('\t', '        ');
  return shownText(lines.endsWith('\n') || lines === '' ? lines : `${lines}\n`, newline);
}

/** Returns a line in bold, for a terminal that supports it. */
export const boldText = (text: string): ShownBytes => bytesOf(`\u001b[1m${printableLine(text)}\u001b[0m`);

/** Returns the echo of keys: what they typed, and "\b \b" for each character that they erased. */
export const echoOf = (text: string): ShownBytes =>
  bytesOf(
    text
      .split('\b')
      .map((typed) => printableLine(typed, Infinity))
      .join('\b'),
  );

const bytesOf = (text: string): ShownBytes => Buffer.from(text) as ShownBytes;
