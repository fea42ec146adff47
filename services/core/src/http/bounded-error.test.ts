import { expect, it } from 'vitest';
import { boundedError } from './bounded-error.js';

const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

it('an error of usual size is as it was', () => {
  const error = { message: 'User "x" was not found', facts: { user: 'x', count: 3 } };
  expect(boundedError(error)).toEqual(error);
});

it.each([
  ['a long message', { message: 'ä'.repeat(1_000_000), facts: {} }],
  [
    'control characters, which JSON writes with six bytes each',
    { message: '\u0001'.repeat(100_000), facts: { a: '\u0001'.repeat(9_000) } },
  ],
  ['a long fact', { message: 'm', facts: { path: 'x'.repeat(1_000_000), code: 7 } }],
  ['many facts', { message: '"'.repeat(5_000), facts: Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`f${n}`, n])) }],
  ['a fact with a long name', { message: 'm', facts: { ['n'.repeat(1_000_000)]: 1 } }],
])('%s does not make an answer of more than 4 KiB', (_, error) => {
  const bounded = boundedError(error);
  expect(bytes(bounded)).toBeLessThan(3700);
  expect(bounded.message).not.toBe('');
});
