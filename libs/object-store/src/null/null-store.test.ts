import { expect, it } from 'vitest';
import { ObjectKeyInvalid, ObjectNotFound } from '../store.errors.js';
import { nullStore } from './null-store.js';

it('the null store accepts everything, keeps nothing and reports that', async () => {
  const store = nullStore();
  expect(store.keepsData).toBe(false);
  expect(await store.put('a/b', Buffer.from('123'))).toBe(3);
  await expect(store.get('a/b')).rejects.toBeInstanceOf(ObjectNotFound);
  expect([await store.head('a/b'), (await store.list('a')).objects]).toEqual([undefined, []]);
});

it('the null store refuses the keys that other stores refuse, so that a test with it proves something', async () => {
  await expect(nullStore().put('../x', Buffer.from(''))).rejects.toBeInstanceOf(ObjectKeyInvalid);
});
