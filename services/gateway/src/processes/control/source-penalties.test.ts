import { fakeClock } from '@sallyport/testkit';
import { expect, it } from 'vitest';
import { SourcePenalties } from './source-penalties.js';

const RULES = { authfail: 5, noauth: 1, 'grace-exceeded': 10, max: 60, min: 15 };
const FROM = '192.0.2.1';

const some = (isExempt = false) => {
  const clock = fakeClock();
  const penalties = new SourcePenalties(RULES, () => isExempt, clock);
  const fail = (times: number): void => {
    for (let time = 0; time < times; time += 1) penalties.add(FROM, FROM, 'authfail');
  };
  return { clock, penalties, fail };
};

it('an address that fails to sign in again and again is refused, and only for as long as its penalties last', async () => {
  const { clock, penalties, fail } = some();
  fail(2);
  expect(penalties.isRefused(FROM)).toBe(false);
  fail(1);
  expect([penalties.isRefused(FROM), penalties.isRefused('192.0.2.2')]).toEqual([true, false]);
  await clock.advance(14_000);
  expect(penalties.isRefused(FROM)).toBe(true);
  await clock.advance(1_000);
  expect(penalties.isRefused(FROM)).toBe(false);
  fail(2);
  expect(penalties.isRefused(FROM)).toBe(false);
});

it('a flood of failures costs no more than the maximum', async () => {
  const { clock, penalties, fail } = some();
  fail(1_000);
  await clock.advance(60_000);
  expect(penalties.isRefused(FROM)).toBe(false);
});

it('wrong logins cannot lock out the users of an address from which one of them signed in', async () => {
  const { clock, penalties, fail } = some();
  fail(10);
  penalties.signedIn(FROM);
  expect(penalties.isRefused(FROM)).toBe(false);
  fail(1_000);
  expect(penalties.isRefused(FROM)).toBe(false);
  await clock.advance(25 * 60 * 60 * 1000);
  fail(3);
  expect(penalties.isRefused(FROM)).toBe(true);
});

it('an exempt address, and a gateway without penalties, refuses no address', () => {
  const { penalties, fail } = some(true);
  fail(1_000);
  expect(penalties.isRefused(FROM)).toBe(false);
  const none = new SourcePenalties(undefined, () => false, fakeClock());
  for (let time = 0; time < 100; time += 1) none.add(FROM, FROM, 'grace-exceeded');
  expect(none.isRefused(FROM)).toBe(false);
});

it('a flood from many addresses costs bounded memory: the oldest are forgotten', () => {
  const { penalties, fail } = some();
  fail(3);
  for (let number = 0; number < 65_536; number += 1) penalties.add(`source ${number}`, FROM, 'noauth');
  expect(penalties.isRefused(FROM)).toBe(false);
});
