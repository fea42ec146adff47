import { lifecycle } from '../../lifecycle/index.js';
import type { SessionEndReason, SessionState } from './session.entity.js';

/**
 * States of a session. Core owns them; they live in the row and survive a crash of anything.
 *
 * - `active`     a gateway holds it and renews its lease. A wish to end it (by an admin) is a mark on an active session: it ends when the gateway says so
 * - `finished`   ended by its user, its asset, a limit or a drain
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

/** What each reason does to a session. */
const TRIGGER_OF = {
  finished: 'finish',
  idle: 'finish',
  max_duration: 'finish',
  drained: 'finish',
  terminated: 'terminate',
  revoked: 'terminate',
  unrecordable: 'fail',
  dial_failed: 'fail',
  host_key_changed: 'fail',
  lost: 'lose',
} satisfies Record<SessionEndReason, Trigger>;

/** The state that a session in `from` has after it ended for `reason`; undefined when it had ended before. */
export const stateAfterEnd = (from: SessionState, reason: SessionEndReason): SessionState | undefined =>
  sessionLifecycle.next(from, TRIGGER_OF[reason]);
