/**
 * Returns the wait before a further try. It doubles from `firstMs` up to `maxMs`, and each wait is shortened by up to a half at random, so
 * that many callers spread out.
 */
export function backOffMs(attempt: number, firstMs: number, maxMs: number, random: () => number = Math.random): number {
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(attempt, 30));
  return full / 2 + (full / 2) * random();
}
