import { expect, it } from 'vitest';
import { TypedKeys } from './typed-keys.js';

const linesOf = (...chunks: string[]): (string | undefined)[] => {
  const keys = new TypedKeys();
  for (const chunk of chunks) keys.feed(Buffer.from(chunk), 1);
  return keys.entered.map((line) => line.text);
};

it('knows plain lines, with any line end and in any chunks', () => {
  expect(linesOf('ec', 'ho a\rls\n', 'gr', 'ü\r')).toEqual(['echo a', 'ls', 'grü']);
});

it('follows rub-out and line kill', () => {
  expect(linesOf('lsé\x7f\x7fl\r', 'junk\x15ok\r')).toEqual(['ll', 'ok']);
});

it('does not know a line that other keys edited', () => {
  expect(linesOf('ec\tho\r', '\x1b[A\r', '\x1bOA\r', '\x12x\r', 'a\x1bfb\r')).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

it('does not take a terminal’s own answers for keys', () => {
  expect(linesOf('l\x1b[?1;2c\x1b[24;1R\x1b]10;rgb:00/00/00\x1b\\\x1b]11;x\x07\x1bP1+r\x1b\\s\r')).toEqual(['ls']);
});

it('takes Enter inside a bracketed paste for text', () => {
  const keys = new TypedKeys();
  keys.mayPaste = true;
  keys.feed(Buffer.from('\x1b[200~a\rb\x1b[201~'), 1);
  expect(keys.entered).toEqual([]);
  keys.feed(Buffer.from('\r'), 1);
  expect(keys.entered).toMatchObject([{ text: undefined }]);
});

it('forgets what was typed ahead on Ctrl-C', () => {
  expect(linesOf('ls\rrm x\x03', 'pwd\r')).toEqual(['pwd']);
});

it('keeps at most 1,024 lines', () => {
  expect(linesOf('x\r'.repeat(2000))).toHaveLength(1024);
});
