import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { collectGarbage } from './collect-garbage.js';

describe('the garbage of a thread', () => {
  it('is collected', () => {
    const loaded = { numbers: Array.from({ length: 4_000_000 }, (_, at) => at / 2) };
    const before = process.memoryUsage().heapUsed;
    loaded.numbers = [];
    collectGarbage();
    expect(before - process.memoryUsage().heapUsed).toBeGreaterThan(16_000_000);
  });

  it('leaves no way for code to collect garbage', () => {
    collectGarbage();
    expect(runInNewContext('typeof gc')).toBe('undefined');
  });
});
