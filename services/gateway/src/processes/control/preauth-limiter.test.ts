import { describe, expect, it } from 'vitest';
import { PreauthLimiter } from './preauth-limiter.js';

describe('the limiter of unauthenticated connections', () => {
  it('refuses a source at its bound while it admits others, and refuses all at the total', () => {
    const limiter = new PreauthLimiter({ perSource: 2, total: 3 });
    const first = limiter.admit('192.0.2.1');
    expect([first, limiter.admit('192.0.2.1')].every(Boolean)).toBe(true);
    expect(limiter.admit('192.0.2.1')).toBeUndefined();
    expect(limiter.admit('192.0.2.2')).toBeDefined();
    expect(limiter.admit('192.0.2.3')).toBeUndefined();
    first?.release();
    first?.release(); // a place that is released twice frees one
    expect(limiter.pending).toBe(2);
    expect(limiter.admit('192.0.2.1')).toBeDefined();
    expect(limiter.admit('192.0.2.1')).toBeUndefined();
  });
});
