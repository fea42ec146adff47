import { describe, expect, it } from 'vitest';
import { afterFailure, afterFailureOfName, delayMs, isLoopback, lockedUntil, type Failures } from './sign-in-lock.policy.js';

const start = new Date('2026-03-01T12:00:00Z');
const MINUTE = 60_000;
const after = (ms: number): Date => new Date(start.getTime() + ms);

function fail(times: readonly number[], known?: Failures): Failures | undefined {
  return times.reduce<Failures | undefined>((before, ms) => afterFailure(before, after(ms)), known);
}
const five = (from: number): number[] => [0, 1, 2, 3, 4].map((index) => from + index * MINUTE);
const lockMinutes = (known: Failures | undefined, since: Date): number =>
  ((known?.dateLockedUntil?.getTime() ?? 0) - since.getTime()) / MINUTE;

describe('sign-in locks', () => {
  it('lock at the fifth failure within 15 minutes, for 30 minutes', () => {
    expect(fail([0, 1, 2, 3])?.dateLockedUntil).toBeNull();
    expect(lockMinutes(fail(five(0)), after(4 * MINUTE))).toBe(30);
  });

  it('do not lock when the failures are spread', () => {
    const spread = Array.from({ length: 20 }, (_, index) => index * 4 * MINUTE);
    expect(fail(spread)?.dateLockedUntil).toBeNull();
  });

  it('double with each further lock, up to a day', () => {
    let known: Failures | undefined;
    let at = 0;
    const minutes: number[] = [];
    for (let lock = 0; lock < 8; lock++) {
      known = fail(five(at), known);
      minutes.push(lockMinutes(known, after(at + 4 * MINUTE)));
      at = (known?.dateLockedUntil?.getTime() ?? 0) - start.getTime() + 1;
    }
    expect(minutes).toEqual([30, 60, 120, 240, 480, 960, 1440, 1440]);
  });

  it('begin anew after two quiet days', () => {
    const locked = fail(five(0));
    expect(lockMinutes(fail(five(3 * 24 * 60 * MINUTE), locked), after(3 * 24 * 60 * MINUTE + 4 * MINUTE))).toBe(30);
  });

  it('end by themselves', () => {
    const locked = fail(five(0));
    expect(lockedUntil(locked, after(5 * MINUTE))).toEqual(after(34 * MINUTE));
    expect(lockedUntil(locked, after(34 * MINUTE))).toBeUndefined();
    expect(lockedUntil(undefined, start)).toBeUndefined();
  });
});

describe('a name', () => {
  const failedAt = (times: readonly number[]): Failures | undefined =>
    times.reduce<Failures | undefined>((before, ms) => afterFailureOfName(before, after(ms)), undefined);
  const times = (count: number, everyMs: number): number[] => Array.from({ length: count }, (_, index) => index * everyMs);

  it('waits longer the more it was guessed at, up to four seconds, and is never locked', () => {
    expect([19, 20, 30, 40, 50, 500].map((count) => delayMs(failedAt(times(count, 1)), after(count)))).toEqual([
      0, 500, 1000, 2000, 4000, 4000,
    ]);
    expect(lockedUntil(failedAt(times(500, 1)), after(500))).toBeUndefined();
  });

  it('is forgiven a day after the last guess, however long the attack was', () => {
    const attacked = failedAt(times(5_000, 1000));
    expect(delayMs(attacked, after(5_000_000))).toBe(4000);
    expect(delayMs(attacked, after(5_000_000 + 16 * 60 * MINUTE))).toBe(0);
  });

  it('does not wait for a job that fails every quarter of an hour, for weeks', () => {
    expect(delayMs(failedAt(times(2_000, 15 * MINUTE)), after(2_000 * 15 * MINUTE))).toBe(0);
  });

  it('waits under guesses that come a little faster than they are forgotten', () => {
    expect(delayMs(failedAt(times(2_000, 10 * MINUTE)), after(2_000 * 10 * MINUTE))).toBe(4000);
  });
});

describe('an address', () => {
  it.each(['127.0.0.1', '::1', '::ffff:127.0.0.5', 'unix'])('%s stands for every client', (ip) => expect(isLoopback(ip)).toBe(true));
  it.each(['192.0.2.7', '2001:db8::1'])('%s does not', (ip) => expect(isLoopback(ip)).toBe(false));
});
