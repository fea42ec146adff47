import { describe, expect, it } from 'vitest';
import { sessionLimits } from './limits.policy.js';

const start = new Date('2026-03-01T10:00:00Z');

describe('sessionLimits', () => {
  it('ends a session after a day', () => {
    expect(sessionLimits(start, null).expiresAt).toEqual(new Date('2026-03-02T10:00:00Z'));
  });

  it('ends a session with its permission, when that comes first', () => {
    expect(sessionLimits(start, new Date('2026-03-01T10:05:00Z')).expiresAt).toEqual(new Date('2026-03-01T10:05:00Z'));
    expect(sessionLimits(start, new Date('2027-01-01T00:00:00Z')).expiresAt).toEqual(new Date('2026-03-02T10:00:00Z'));
  });
});
