import { lifecycle } from '@sallyport/context';
import type { SessionEndReason, SessionState } from './session.entity.js';

/**
 * States of a session. Core owns them; they are kept in the row and survive every crash.
 *
 * - `active`     a gateway holds it and renews its lease. An admin's request to end it is a mark on an active session; the gateway closes it
 * - `finished`   ended by its user, its asset, a lost connection, a limit or a drain
 * - `terminated` ended by an admin or because the right to it was withdrawn
 * - `failed`     never got to the asset, or could not be recorded
 * - `lost`       its gateway died
 */
type Trigger = 'finish' | 'terminate' | 'fail' | 'lose';

export const sessionLifecycle = lifecycle<SessionState, Trigger>({
  noun: 'session',
  initial: 'active',
  states: {
    active: { finish: 'finished', terminate: 'terminated', fail: 'failed', lose: 'lost' },
    finished: {},
    terminated: {},
    failed: {},
    lost: {},
  },
});

/** Trigger of each end reason. */
const TRIGGER_OF = {
  finished: 'finish',
  idle: 'finish',
  max_duration: 'finish',
  drained: 'finish',
  asset_unresponsive: 'finish',
  asset_lost: 'finish',
  client_lost: 'finish',
  terminated: 'terminate',
  revoked: 'terminate',
  sign_in_revoked: 'terminate',
  user_disabled: 'terminate',
  user_expired: 'terminate',
  user_deleted: 'terminate',
  asset_disabled: 'terminate',
  asset_deleted: 'terminate',
  account_disabled: 'terminate',
  account_deleted: 'terminate',
  permission_removed: 'terminate',
  permission_disabled: 'terminate',
  permission_expired: 'terminate',
  unrecordable: 'fail',
  dial_failed: 'fail',
  host_key_changed: 'fail',
  lost: 'lose',
} satisfies Record<SessionEndReason, Trigger>;

/** Returns the state of a session after it is closed for a reason; undefined if it was closed before. */
export const stateAfterClose = (from: SessionState, reason: SessionEndReason): SessionState | undefined =>
  sessionLifecycle.next(from, TRIGGER_OF[reason]);
