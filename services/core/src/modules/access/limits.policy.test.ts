import { describe, expect, it } from 'vitest';
import type { AllowedActions } from '../perms/index.js';
import { sessionLimits } from './limits.policy.js';

const start = new Date('2026-03-01T10:00:00Z');
const soon = new Date('2026-03-01T10:05:00Z');
const connectUntil = (until: Date | null): AllowedActions => new Map([['connect', { permissionId: 'p1', until }]]);

describe('sessionLimits', () => {
  it('end a session after a day', () => {
    expect(sessionLimits(start, connectUntil(null)).expiresAt).toEqual(new Date('2026-03-02T10:00:00Z'));
  });

  it('end a session with its action "connect", if that comes first', () => {
    expect(sessionLimits(start, connectUntil(soon)).expiresAt).toEqual(soon);
    expect(sessionLimits(start, connectUntil(new Date('2027-01-01T00:00:00Z'))).expiresAt).toEqual(new Date('2026-03-02T10:00:00Z'));
  });

  it.each([
    [null, 'max_duration'],
    [soon, 'permission_expired'],
    [new Date('2027-01-01T00:00:00Z'), 'max_duration'],
  ])('name the reason of an end at %s: %s', (until, reason) => {
    expect(sessionLimits(start, connectUntil(until)).expiryReason).toBe(reason);
  });

  it('name the user’s end as the reason if it comes first', () => {
    const actions: AllowedActions = new Map([['connect', { permissionId: 'p1', until: soon, endsWithUser: true }]]);
    expect(sessionLimits(start, actions).expiryReason).toBe('user_expired');
  });

  it('do not end a session with another action', () => {
    const actions: AllowedActions = new Map([...connectUntil(null), ['upload', { permissionId: 'p2', until: soon }]]);
    expect(sessionLimits(start, actions).expiresAt).toEqual(new Date('2026-03-02T10:00:00Z'));
  });
});
