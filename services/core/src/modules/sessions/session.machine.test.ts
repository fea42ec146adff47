import { describe, expect, it } from 'vitest';
import type { SessionEndReason } from './session.entity.js';
import { sessionLifecycle, stateAfterClose } from './session.machine.js';

describe('session machine', () => {
  const reasons: [SessionEndReason, string][] = [
    ['finished', 'finished'],
    ['idle', 'finished'],
    ['max_duration', 'finished'],
    ['drained', 'finished'],
    ['terminated', 'terminated'],
    ['revoked', 'terminated'],
    ['unrecordable', 'failed'],
    ['dial_failed', 'failed'],
    ['sign_in_revoked', 'terminated'],
    ['host_key_changed', 'failed'],
    ['user_disabled', 'terminated'],
    ['user_expired', 'terminated'],
    ['user_deleted', 'terminated'],
    ['asset_disabled', 'terminated'],
    ['asset_deleted', 'terminated'],
    ['account_disabled', 'terminated'],
    ['account_deleted', 'terminated'],
    ['permission_removed', 'terminated'],
    ['permission_disabled', 'terminated'],
    ['permission_expired', 'terminated'],
    ['asset_unresponsive', 'finished'],
    ['asset_lost', 'finished'],
    ['client_lost', 'finished'],
    ['lost', 'lost'],
  ];

  it.each(reasons)('an active session that ends by "%s" is %s', (reason, state) => {
    expect(stateAfterClose('active', reason)).toBe(state);
  });

  it.each(['finished', 'terminated', 'failed', 'lost'] as const)('a session that is %s never changes again', (state) => {
    expect(sessionLifecycle.isFinal(state)).toBe(true);
    expect(reasons.map(([reason]) => stateAfterClose(state, reason))).toEqual(reasons.map(() => undefined));
  });
});
