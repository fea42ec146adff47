import { lifecycle } from '@sallyport/context';

/**
 * The states of a session. Owner: Session. They do not survive a crash of the gateway: core closes a session that is not renewed as lost.
 *
 *   opening ──dialled──▶ active ──end──▶ ending ──reported──▶ closed
 *      └────────────────end──────────────▲
 */
export type SessionState = 'opening' | 'active' | 'ending' | 'closed';

export type SessionEvent = 'dialled' | 'end' | 'reported';

const sessionLifecycle = lifecycle<SessionState, SessionEvent>({
  noun: 'session',
  initial: 'opening',
  states: {
    opening: { dialled: 'active', end: 'ending' },
    active: { end: 'ending' },
    ending: { reported: 'closed' },
    closed: {},
  },
});

/** Returns the next state, undefined if the event has no effect in this state. */
export const nextState = (state: SessionState, event: SessionEvent): SessionState | undefined => sessionLifecycle.next(state, event);
