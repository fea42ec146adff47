import { describe, expect, it } from 'vitest';
import { lifecycle } from './lifecycle.js';

describe('lifecycle', () => {
  const door = lifecycle<'open' | 'shut' | 'gone', 'close' | 'open' | 'burn'>({
    noun: 'door',
    initial: 'shut',
    states: { open: { close: 'shut', burn: 'gone' }, shut: { open: 'open' }, gone: {} },
  });

  it('follows its table and says nothing for what the table does not know', () => {
    expect([door.next('shut', 'open'), door.next('shut', 'burn'), door.next('gone', 'open')]).toEqual(['open', undefined, undefined]);
  });

  it('knows which states are final', () => {
    expect({ gone: door.isFinal('gone'), shut: door.isFinal('shut'), live: door.live }).toEqual({
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
      '"a" leads to "z", which is no state',
    );
  });
});
