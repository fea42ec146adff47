import { describe, expect, it } from 'vitest';
import { lifecycle } from './lifecycle.js';

describe('lifecycle', () => {
  const file = lifecycle<'open' | 'shut' | 'gone', 'close' | 'open' | 'burn'>({
    noun: 'file',
    initial: 'shut',
    states: { open: { close: 'shut', burn: 'gone' }, shut: { open: 'open' }, gone: {} },
  });

  it('follows its table and says nothing for what the table does not know', () => {
    expect([file.next('shut', 'open'), file.next('shut', 'burn'), file.next('gone', 'open')]).toEqual(['open', undefined, undefined]);
  });

  it('knows which states are final', () => {
    expect({ gone: file.isFinal('gone'), shut: file.isFinal('shut'), live: file.live }).toEqual({
      gone: true,
      shut: false,
      live: ['open', 'shut'],
    });
  });

  it('refuses a table with a state that nothing leads to', () => {
    expect(() => lifecycle<'a' | 'b', 'x'>({ noun: 'thing', initial: 'a', states: { a: {}, b: { x: 'a' } } })).toThrow(
      'thing: nothing leads to the state b',
    );
  });

  it('refuses a table that leads to an unknown state', () => {
    expect(() => lifecycle<'a', 'x'>({ noun: 'thing', initial: 'a', states: { a: { x: 'z' as 'a' } } })).toThrow(
      '"a" leads to "z", which is not a state',
    );
  });
});
