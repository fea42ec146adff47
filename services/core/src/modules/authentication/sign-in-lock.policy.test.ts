import { describe, expect, it } from 'vitest';
import {
  afterFailure,
  afterFailureOfName,
  afterFailureOfSource,
  delayMs,
  isLoopback,
  lockedUntil,
  nameSpentUntil,
  sourceSpentUntil,
  type Failures,
} from './sign-in-lock.policy.js';

const start = new Date('2026-03-01T12:00:00Z');
const MINUTE = 60_000;
const after = (ms: number): Date => new Date(start.getTime() + ms);

function fail(times: readonly number[], known?: Failures): Failures | undefined {
  return times.reduce<Failures | undefined>((before, ms) => afterFailure(before, after(ms)), known);
}
const five = (from: number): number[] => [0, 1, 2, 3, 4].map((index) => from + index * MINUTE);
const lockSeconds = (known: Failures | undefined, since: Date): number =>
  ((known?.dateLockedUntil?.getTime() ?? 0) - since.getTime()) / 1000;

describe('sign-in locks', () => {
  it('lock at the fifth failure within 15 minutes, for 30 seconds', () => {
    expect(fail([0, 1, 2, 3])?.dateLockedUntil).toBeNull();
    expect(lockSeconds(fail(five(0)), after(4 * MINUTE))).toBe(30);
  });

  it('do not lock when the failures are spread', () => {
    const spread = Array.from({ length: 20 }, (_, index) => index * 4 * MINUTE);
    expect(fail(spread)?.dateLockedUntil).toBeNull();
  });

  it('double with each further failure, up to an hour', () => {
    let known = fail(five(0));
    const seconds = [lockSeconds(known, after(4 * MINUTE))];
    while (seconds.length < 9) {
      const at = (known?.dateLockedUntil?.getTime() ?? 0) - start.getTime() + 1;
      known = fail([at], known);
      seconds.push(lockSeconds(known, after(at)));
    }
    expect(seconds).toEqual([30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
  });

  it('leave a guesser that waits for each less than 40 guesses a day', () => {
    let [known, at, guesses] = [undefined as Failures | undefined, 0, 0];
    for (; at < 24 * 60 * MINUTE; guesses += 1) {
      known = fail([at], known);
      at = Math.max(at + 1, (known?.dateLockedUntil?.getTime() ?? 0) - start.getTime() + 1);
    }
    expect(guesses).toBeLessThan(40);
  });

  it('begin anew after two quiet days', () => {
    const locked = fail(five(0));
    expect(lockSeconds(fail(five(3 * 24 * 60 * MINUTE), locked), after(3 * 24 * 60 * MINUTE + 4 * MINUTE))).toBe(30);
  });

  it('end by themselves', () => {
    const locked = fail(five(0));
    expect(lockedUntil(locked, after(4.25 * MINUTE))).toEqual(after(4.5 * MINUTE));
    expect(lockedUntil(locked, after(4.5 * MINUTE))).toBeUndefined();
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
    expect(delayMs(attacked, after(5_000_000 + 24 * 60 * MINUTE))).toBe(0);
  });

  it('does not wait for a job that fails every quarter of an hour, for weeks', () => {
    expect(delayMs(failedAt(times(2_000, 15 * MINUTE)), after(2_000 * 15 * MINUTE))).toBe(0);
  });

  it('waits under guesses that come a little faster than they are forgotten', () => {
    expect(delayMs(failedAt(times(2_000, 10 * MINUTE)), after(2_000 * 10 * MINUTE))).toBe(4000);
  });
});

describe('a name under attack from everywhere', () => {
  it('is checked for a new source no more after 100 wrong passwords in a row (NIST SP 800-63B 5.2.2), and then four times an hour', () => {
    let known: Failures | undefined;
    let checked = 0;
    for (let second = 0; second < 4 * 3600; second += 1) {
      if (nameSpentUntil(known, after(second * 1000))) continue;
      known = afterFailureOfName(known, after(second * 1000));
      checked += 1;
    }
    expect(checked).toBeGreaterThanOrEqual(100);
    expect(checked).toBeLessThanOrEqual(100 + 4 * 4);
    const now = after(4 * 3_600_000 - 1000);
    expect((nameSpentUntil(known, now)?.getTime() ?? 0) - now.getTime()).toBeLessThanOrEqual(15 * MINUTE);
  });
});

describe('a source that fails with many names', () => {
  it('has 60 wrong passwords at once, and then one a minute', () => {
    let known: Failures | undefined;
    let checked = 0;
    for (let second = 0; second < 600; second += 1) {
      if (sourceSpentUntil(known, after(second * 1000))) continue;
      known = afterFailureOfSource(known, after(second * 1000));
      checked += 1;
    }
    expect(checked).toBeGreaterThanOrEqual(60);
    expect(checked).toBeLessThanOrEqual(60 + 10);
  });

  it('has them again after an hour', () => {
    let known: Failures | undefined;
    for (let index = 0; index < 500; index += 1) known = afterFailureOfSource(known, start);
    expect(sourceSpentUntil(known, after(1))).toEqual(after(MINUTE));
    expect(sourceSpentUntil(known, after(MINUTE))).toBeUndefined();
    expect(afterFailureOfSource(known, after(60 * MINUTE)).failures).toBe(1);
  });
});

describe('an address', () => {
  it.each(['127.0.0.1', '::1', '::ffff:127.0.0.5', 'unix'])('%s stands for every client', (ip) => expect(isLoopback(ip)).toBe(true));
  it.each(['192.0.2.7', '2001:db8::1'])('%s does not', (ip) => expect(isLoopback(ip)).toBe(false));
});
