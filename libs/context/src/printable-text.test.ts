import { expect, it } from 'vitest';
import { printableLine, printableLines } from './printable-text.js';

it.each([
  ['a window title', '\u001b]0;pwn\u0007', '\uFFFD]0;pwn\uFFFD'],
  ['a clipboard write (OSC 52)', '\u001b]52;c;ZWNo\u0007', '\uFFFD]52;c;ZWNo\uFFFD'],
  ['a one-byte CSI (C1)', '\u009b2J', '\uFFFD2J'],
  ['DEL and NUL', 'a\u007f\0', 'a\uFFFD\uFFFD'],
  ['marks that turn the direction of text', 'exe.\u202egnp\u2066\u061c', 'exe.\uFFFDgnp\uFFFD\uFFFD'],
  ['zero-width characters', 'ro\u200bot\ufeff\u2060', 'ro\uFFFDot\uFFFD\uFFFD'],
  ['letters that draw nothing', 'a\u3164\u2800\u00ad', 'a\uFFFD\uFFFD\uFFFD'],
  ['line separators', 'a\u2028b\u2029c\r\nd', 'a\uFFFDb\uFFFDc\uFFFD\uFFFDd'],
  ['half of a surrogate pair', 'a\ud800b', 'a\uFFFDb'],
])('%s does not reach a terminal', (_, given, shown) => expect(printableLine(given)).toBe(shown));

it.each(['Größe', 'サーバ', 'موقع', 'a 😀 ⚠️', 'tab-less text'])('"%s" is shown as it is', (text) => expect(printableLine(text)).toBe(text));

it('keeps the lines of a text of several lines, and nothing else', () => {
  expect(printableLines('one\ntwo\r\n\u001b[2J')).toBe('one\ntwo\uFFFD\n\uFFFD[2J');
});

it('cuts a long text, never inside a character', () => {
  expect(printableLine('a😀b', 2)).toBe('a');
  expect(printableLine('x'.repeat(10_000))).toHaveLength(4096);
});
