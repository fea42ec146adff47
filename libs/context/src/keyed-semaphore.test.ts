import { expect, it } from 'vitest';
import { KeyedSemaphore } from './keyed-semaphore.js';

it('refuses a key that holds all its permits, and every key when all permits are held', () => {
  const semaphore = new KeyedSemaphore({ total: 3, perKey: 2 });
  const permits = [semaphore.tryAcquire('a'), semaphore.tryAcquire('a')];
  expect(semaphore.tryAcquire('a')).toBeUndefined();
  expect(semaphore.tryAcquire('b')).toBeDefined();
  expect(semaphore.tryAcquire('c')).toBeUndefined();
  permits[0]?.release();
  permits[0]?.release();
  expect(semaphore.held).toBe(2);
  expect(semaphore.tryAcquire('c')).toBeDefined();
});
