import { expect, it } from 'vitest';
import { TypedKeys } from './typed-keys.js';
import { spelled, type TypedPiece } from './typed-piece.js';

const piecesOf = (...chunks: string[]): Pick<TypedPiece, 'keys' | 'bytes' | 'isCut'>[] => {
  const pieces: TypedPiece[] = [];
  const keys = new TypedKeys((piece) => pieces.push(piece));
  for (const chunk of chunks) keys.feed(Buffer.from(chunk, 'latin1'), 1);
  keys.cut(1);
  return pieces.map(({ keys, bytes, isCut }) => ({ keys: spelled(keys), bytes, isCut }));
};

it.each([
  ['an edited line', 'lx\x7fs\x1b[D\r', { keys: 'lx^?s^[[D', bytes: 7, isCut: false }],
  ['Ctrl-U', 'ls\x15', { keys: 'ls^U', bytes: 3, isCut: true }],
  ['Ctrl-C', 'ls\x03', { keys: 'ls^C', bytes: 3, isCut: true }],
  ['Ctrl-D', 'ls\x04', { keys: 'ls^D', bytes: 3, isCut: true }],
  ['Enter in an open control sequence', '\x1b[\r', { keys: '^[[', bytes: 2, isCut: false }],
  ['Enter in an open string', '\x1b]2;ls\r', { keys: '^[]2;ls', bytes: 6, isCut: false }],
  ['Enter behind ESC (vi mode)', 'ls\x1b\r', { keys: 'ls^[', bytes: 3, isCut: false }],
  ['a string that is no answer of a terminal', '\x1b]2;ls;\x07\r', { keys: '^[]2;ls;^G', bytes: 8, isCut: false }],
  ['Enter alone', '\r', { keys: '', bytes: 1, isCut: false }],
  ['no Enter', 'ls;', { keys: 'ls;', bytes: 3, isCut: true }],
])('has all keys of a piece: %s', (_name, typed, piece) => {
  expect(piecesOf(typed)).toEqual([piece]);
});

it('counts the terminal’s own answers apart', () => {
  const keys = new TypedKeys();
  keys.feed(Buffer.from('\x1b[?1;2c\x1b]10;rgb:00/00/00\x1b\\'), 1);
  expect(keys.bytesInNoPiece).toBe(26);
  expect(keys.isLineEmpty).toBe(true);
});

it('does not wait for the end of a paste that the asset did not ask to mark, or that is late', () => {
  const lines = (mayPaste: boolean, at: number): number => {
    const keys = new TypedKeys();
    keys.mayPaste = mayPaste;
    keys.feed(Buffer.from('\x1b[200~'), 1);
    keys.feed(Buffer.from('ls\rls\r'), at);
    return keys.entered.length;
  };
  expect([lines(true, 2), lines(false, 2), lines(true, 10_000)]).toEqual([0, 2, 2]);
});

it('counts Ctrl-C and Ctrl-D on an empty line only if they are many', () => {
  const count = (keys: number): number => {
    const typed = new TypedKeys();
    typed.feed(Buffer.from('\x03\x04'.repeat(keys / 2)), 1);
    return typed.bytesInNoPiece;
  };
  expect([count(2), count(32), count(56)]).toEqual([0, 0, 56]);
});
