import { fakeClock } from '@sallyport/testkit';
import { expect, it } from 'vitest';
import { ClosedLately } from './closed-lately.js';

const link = Buffer.alloc(32, 1);
const ended = (lastSeq: bigint, ofLink = link) => ({ sessionId: 'a', lastSeq, link: ofLink });

it('knows the end of a recording for a minute, so that a later change of the store is read', async () => {
  const clock = fakeClock();
  const lately = new ClosedLately(clock);
  lately.note('a', { lastSeq: 5n, link });
  await clock.advance(59_000);
  expect(lately.isClosedAs(ended(5n))).toBe(true);
  await clock.advance(2_000);
  expect(lately.isClosedAs(ended(5n))).toBe(false);
});

it.each([
  ['the same frame and link', ended(5n), true],
  ['the same frame without a link', ended(5n, Buffer.alloc(0)), true],
  ['no frame', ended(0n, Buffer.alloc(0)), true],
  ['a later frame', ended(6n), false],
  ['an earlier frame', ended(4n), false],
  ['another link', ended(5n, Buffer.alloc(32, 2)), false],
])('answers only an event that knows the same end: %s', (_, event, isAnswered) => {
  const lately = new ClosedLately(fakeClock());
  lately.note('a', { lastSeq: 5n, link });
  expect(lately.isClosedAs(event)).toBe(isAnswered);
});

it('forgets the oldest of very many', () => {
  const lately = new ClosedLately(fakeClock());
  for (let at = 0; at <= 2_000; at++) lately.note(String(at), { lastSeq: 1n, link });
  expect([0, 1, 2_000].map((at) => lately.isClosedAs({ sessionId: String(at), lastSeq: 1n, link }))).toEqual([false, true, true]);
});
