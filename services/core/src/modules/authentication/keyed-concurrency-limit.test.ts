import { expect, it } from 'vitest';
import { KeyedConcurrencyLimit } from './keyed-concurrency-limit.js';

const refuse = (): Error => new Error('full');

it('one key does not take the places of others, and a place that is left is free again', async () => {
  const room = new KeyedConcurrencyLimit({ total: 3, perKey: 2 }, refuse);
  let letGo = (): void => undefined;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  const inside = [room.run('a', () => held), room.run('a', () => held)];
  await expect(room.run('a', () => held)).rejects.toThrow('full');
  inside.push(room.run('b', () => held));
  await expect(room.run('c', () => held)).rejects.toThrow('full');
  letGo();
  await Promise.all(inside);
  await expect(room.run('a', async () => 'in')).resolves.toBe('in');
});

it('a place is free again after work that failed', async () => {
  const room = new KeyedConcurrencyLimit({ total: 1, perKey: 1 }, refuse);
  await expect(room.run('a', () => Promise.reject(new Error('wrong')))).rejects.toThrow('wrong');
  await expect(room.run('a', async () => 'in')).resolves.toBe('in');
});
