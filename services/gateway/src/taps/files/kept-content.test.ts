import { expect, it } from 'vitest';
import { KeptContent, type ContentPiece } from './kept-content.js';

function aChannel(fileBytes: number, channelBytes = 0) {
  const pieces: [offset: number, text: string][] = [];
  const keep = ({ offset, data }: ContentPiece): void => void pieces.push([offset, data.toString()]);
  return { content: new KeptContent({ fileBytes, channelBytes, keep }), pieces };
}

it('each file is kept up to its limit, with the place of every piece, in the order of the writes', () => {
  const { content, pieces } = aChannel(5);
  const file = content.file();
  file?.add(1_000_000, Buffer.from('abc'));
  file?.add(0, Buffer.from('defg'));
  file?.add(9, Buffer.from('h'));
  content.file()?.add(0, Buffer.from('other'));
  expect(pieces).toEqual([
    [1_000_000, 'abc'],
    [0, 'de'],
    [0, 'other'],
  ]);
  expect(file?.bytes).toBe(5);
});

it('all files of a channel together are kept up to the limit of the channel', () => {
  const { content, pieces } = aChannel(5, 7);
  const [first, second] = [content.file(), content.file()];
  first?.add(0, Buffer.from('12345'));
  second?.add(0, Buffer.from('12345'));
  expect([pieces.length, first?.bytes, second?.bytes]).toEqual([2, 5, 2]);
});

it('a long write is kept in pieces that fit frames', () => {
  const { content, pieces } = aChannel(1_000_000);
  content.file()?.add(10, Buffer.alloc(150_000, 'x'));
  expect(pieces.map(([offset, text]) => [offset, text.length])).toEqual([
    [10, 65_536],
    [65_546, 65_536],
    [131_082, 18_928],
  ]);
});

it('nothing is kept with a limit of 0', () => {
  expect(aChannel(0).content.file()).toBeUndefined();
});
