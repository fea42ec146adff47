import { expect, it } from 'vitest';
import { terminationMessage } from './end-message.js';

it.each([
  [undefined, '', 'An administrator ended this session.'],
  [undefined, 'lunch', 'An administrator ended this session: lunch'],
  ['root', '', 'The administrator root ended this session.'],
  ['root', 'lunch', 'The administrator root ended this session: lunch'],
])('a termination by %s with the message "%s" reads "%s"', (by, message, shown) => expect(terminationMessage(by, message)).toBe(shown));
