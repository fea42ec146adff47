import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { collectStartGarbage } from './collect-start-garbage.js';

describe('the garbage of a start', () => {
  it('is collected', () => {
    const loaded = { numbers: Array.from({ length: 4_000_000 }, (_, at) => at / 2) };
    const before = process.memoryUsage().heapUsed;
    loaded.numbers = [];
    collectStartGarbage();
    expect(before - process.memoryUsage().heapUsed).toBeGreaterThan(16_000_000);
  });

  it('leaves no way for code to collect garbage', () => {
    collectStartGarbage();
    expect(runInNewContext('typeof gc')).toBe('undefined');
  });
});
