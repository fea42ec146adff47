import { expect, it } from 'vitest';
import { boldText, echoOf, shownText } from './shown-text.js';

const HOSTILE = 'a\u001b]52;c;x\u0007\u009b2J\u202egnp\u200b\u2028';
const SHOWN = 'a\uFFFD]52;c;x\uFFFD\uFFFD2J\uFFFDgnp\uFFFD\uFFFD';

it('a text of another party reaches a terminal without anything that it obeys or hides', () => {
  expect(shownText(`${HOSTILE}\nnext\r`, '\r\n').toString()).toBe(`${SHOWN}\r\nnext\uFFFD`);
  expect(boldText(HOSTILE).toString()).toBe(`\u001b[1m${SHOWN}\u001b[0m`);
  expect(echoOf(`${HOSTILE}\b \b`).toString()).toBe(`${SHOWN}\b \b`);
});
