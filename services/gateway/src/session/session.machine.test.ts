import { expect, it } from 'vitest';
import { nextState, type SessionEvent, type SessionState } from './session.machine.js';

const STATES: SessionState[] = ['opening', 'active', 'ending', 'closed'];
const EVENTS: SessionEvent[] = ['dialled', 'end', 'reported'];

it('a session changes its state along the diagram and in no other way', () => {
  const moves = STATES.flatMap((state) => EVENTS.map((event) => [state, event, nextState(state, event)])).filter(
    ([, , next]) => next !== undefined,
  );
  expect(moves).toEqual([
    ['opening', 'dialled', 'active'],
    ['opening', 'end', 'ending'],
    ['active', 'end', 'ending'],
    ['ending', 'reported', 'closed'],
  ]);
});
