import { describe, expect, it } from 'vitest';
import { KeyedMutex } from './keyed-mutex.js';

const refuse = (): Error => new Error('busy');

describe('KeyedMutex', () => {
  it('runs work of one key in turn and of different keys side by side', async () => {
    const turns = new KeyedMutex(10, refuse);
    const seen: string[] = [];
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const first = turns.run('a', async () => {
      await held;
      seen.push('a1');
    });
    const second = turns.run('a', async () => void seen.push('a2'));
    await turns.run('b', async () => void seen.push('b'));
    letGo();
    await Promise.all([first, second]);
    expect(seen).toEqual(['b', 'a1', 'a2']);
  });

  it('goes on after work that failed', async () => {
    const turns = new KeyedMutex(10, refuse);
    await expect(turns.run('a', () => Promise.reject(new Error('wrong')))).rejects.toThrow('wrong');
    await expect(turns.run('a', async () => 'right')).resolves.toBe('right');
  });

  it('refuses what is too much to wait, and takes more once there is room', async () => {
    const turns = new KeyedMutex(2, refuse);
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const waiting = [turns.run('a', () => held), turns.run('a', () => held)];
    await expect(turns.run('b', async () => undefined)).rejects.toThrow('busy');
    letGo();
    await Promise.all(waiting);
    await expect(turns.run('b', async () => 'in')).resolves.toBe('in');
  });
});
