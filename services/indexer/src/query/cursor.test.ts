import { uuidv7 } from '@sallyport/context';
import { expect, it } from 'vitest';
import { CursorInvalid, decodeCursor, encodeCursor } from './cursor.js';

const place = { timestamp: new Date('2026-03-01T10:20:30.456Z'), id: uuidv7() };

it('decodes to the position that it was encoded from', () => {
  expect(decodeCursor(encodeCursor(place))).toEqual(place);
  expect(decodeCursor(encodeCursor({ ...place, timestamp: new Date('2000-01-01T00:00:00Z') })).timestamp.getUTCFullYear()).toBe(2000);
});

it.each([
  ['a letter more', `${encodeCursor(place)}A`],
  ['a letter less', encodeCursor(place).slice(0, -1)],
  ['another version', `Ag${encodeCursor(place).slice(2)}`],
  ['letters that are not of base64', `${encodeCursor(place).slice(0, -2)}!?`],
  ['padding', `${encodeCursor(place)}=`],
  ['bits beyond the last byte', encodeCursor(place).replace(/.$/, (last) => String.fromCharCode(last.charCodeAt(0) + 1))],
  ['a time that is none', Buffer.concat([Buffer.from([1]), Buffer.alloc(22, 255)]).toString('base64url')],
  ['nothing like it', 'page-2'],
])('refuses a cursor with %s', (_what, cursor) => expect(() => decodeCursor(cursor)).toThrow(CursorInvalid));

it('quotes the cursor, but truncates it', () => {
  expect(() => decodeCursor('page-2')).toThrow(/"page-2"/);
  expect(() => decodeCursor('x'.repeat(1_000))).toThrow(/^.{0,300}$/);
});
