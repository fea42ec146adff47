/**
 * The states of a session. Owner: Session. They do not survive a crash of the gateway: core closes a session that is not renewed as lost.
 *
 *   opening ──dialled──▶ active ──end──▶ ending ──reported──▶ closed
 *      └────────────────end──────────────▲
 */
export type SessionState = 'opening' | 'active' | 'ending' | 'closed';

export type SessionEvent = 'dialled' | 'end' | 'reported';

const TRANSITIONS: Readonly<Record<SessionState, Readonly<Partial<Record<SessionEvent, SessionState>>>>> = {
  opening: { dialled: 'active', end: 'ending' },
  active: { end: 'ending' },
  ending: { reported: 'closed' },
  closed: {},
};

/** Returns the next state, undefined if the event has no effect in this state. */
export const nextState = (state: SessionState, event: SessionEvent): SessionState | undefined => TRANSITIONS[state][event];
