/**
 * The life of one session. Owner: Session. Nothing of it survives a crash of the gateway: core closes what is not renewed as lost.
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

/** The state that follows; undefined when the event means nothing in this state. */
export const nextState = (state: SessionState, event: SessionEvent): SessionState | undefined => TRANSITIONS[state][event];
