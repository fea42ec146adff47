import { expect, it } from 'vitest';
import { spoolShares } from './spool-shares.js';

it('all shares together stay within the bound, and each covers what its process has spooled', () => {
  for (const used of [
    [0, 0],
    [900, 0],
    [500, 500, 0],
    [1000, 0, 0, 0],
    [333, 1, 7],
  ]) {
    const shares = spoolShares(1000, used);
    expect(shares.reduce((sum, share) => sum + share)).toBeLessThanOrEqual(1000);
    for (const [at, share] of shares.entries()) expect(share).toBeGreaterThanOrEqual(used[at]!);
  }
});

it('a process that spools alone may use nearly all of the bound, step by step', () => {
  let used = 0;
  for (let step = 0; step < 20; step++) used = spoolShares(1000, [used, 0])[0]!;
  expect(used).toBeGreaterThan(990);
});

it('a spool above its bound grows no further', () => {
  expect(spoolShares(1000, [1500, 20])).toEqual([1500, 20]);
});
