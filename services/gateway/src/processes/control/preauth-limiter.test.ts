import { fakeClock } from '@sallyport/testkit';
import { describe, expect, it } from 'vitest';
import { PreauthLimiter, type PreauthLimits, type PreauthPlace, type Refusal } from './preauth-limiter.js';

const aLimiter = (limits: PreauthLimits, facts: { refused?: string; trusted?: string; random?: () => number } = {}) => {
  const clock = fakeClock();
  const refusals: [string, Refusal][] = [];
  const displaced: string[] = [];
  const limiter = new PreauthLimiter(limits, {
    clock,
    penalties: { isRefused: (source) => source === facts.refused, isTrusted: (source) => source === facts.trusted },
    onRefused: (source, why) => refusals.push([source, why]),
    random: facts.random ?? (() => 0.99),
  });
  const admit = (source: string, name = source): PreauthPlace => {
    const place = limiter.admit(source, () => displaced.push(name));
    if (typeof place === 'string') throw new Error(place);
    return place;
  };
  return { clock, limiter, refusals, displaced, admit };
};

const total = { start: 10, rate: 30, full: 20 };
const NAT = '192.0.2.1';

describe('an address that holds all its places', () => {
  it('loses its oldest silent connection when a user behind the same NAT connects', async () => {
    const { clock, limiter, displaced, refusals, admit } = aLimiter({ perSource: 3, total });
    admit(NAT, 'signing in').advance('keys-exchanged');
    admit(NAT, 'silent 1');
    admit(NAT, 'silent 2');
    await clock.advance(3_000);
    admit(NAT, 'user').advance('identified');
    admit(NAT, 'another user');
    expect(displaced).toEqual(['silent 1', 'silent 2']);
    expect([limiter.pending, refusals]).toEqual([
      3,
      [
        [NAT, 'displaced'],
        [NAT, 'displaced'],
      ],
    ]);
  });

  it('keeps a user whose client has exchanged keys, however many silent sockets come', async () => {
    const { clock, displaced, admit } = aLimiter({ perSource: 3, total });
    for (let number = 0; number < 3; number += 1) admit(NAT, 'silent');
    admit(NAT, 'user').advance('keys-exchanged');
    for (let number = 0; number < 200; number += 1) {
      await clock.advance(10);
      admit(NAT, 'silent');
    }
    expect(displaced).toHaveLength(201);
    expect(displaced).not.toContain('user');
  });

  it('takes no place of another address', () => {
    const { limiter, displaced, admit } = aLimiter({ perSource: 3, total });
    admit('192.0.2.2', 'other');
    for (let number = 0; number < 50; number += 1) admit(NAT, 'silent');
    expect([limiter.pending, displaced.includes('other')]).toEqual([4, false]);
  });
});

describe('a flood from many addresses', () => {
  const flood = (limiter: PreauthLimiter, count: number, from = 0): number =>
    Array.from({ length: count }, (_, index) => limiter.admit(`10.0.0.${from + index}`, () => undefined)).filter(
      (it) => typeof it !== 'string',
    ).length;

  it('is refused at random from `start` on, more and more of it, and all of it at `full`', () => {
    let drawn = 0;
    const { limiter } = aLimiter({ perSource: 3, total }, { random: () => drawn });
    expect(flood(limiter, 10)).toBe(10);
    drawn = 0.29;
    expect(flood(limiter, 5, 10)).toBe(0);
    drawn = 0.35;
    expect(flood(limiter, 5, 20)).toBe(1);
    drawn = 0.999;
    expect(flood(limiter, 50, 30)).toBe(9);
    expect(limiter.pending).toBe(20);
  });

  it('does not take the chance from an address where a user signed in', () => {
    const { limiter } = aLimiter({ perSource: 3, total }, { trusted: NAT, random: () => 0 });
    flood(limiter, 15);
    expect(limiter.admit(NAT, () => undefined)).toMatchObject({ source: NAT });
    expect(limiter.admit('192.0.2.9', () => undefined)).toBe('max-startups');
  });
});

it('a place that is released twice frees one', () => {
  const { limiter, admit } = aLimiter({ perSource: 3, total });
  const [first] = [admit(NAT), admit(NAT)];
  first!.release();
  first!.release();
  expect(limiter.pending).toBe(1);
});

it('an address with penalties is refused', () => {
  const { limiter, refusals } = aLimiter({ perSource: 3, total }, { refused: NAT });
  expect(limiter.admit(NAT, () => undefined)).toBe('penalty');
  expect([limiter.pending, refusals]).toEqual([0, [[NAT, 'penalty']]]);
});
