import { expect, it } from 'vitest';
import { WorkAbandoned, WorkQueue } from './work-queue.js';

/** Returns a queue of one place, a function that adds a named computation, and one that ends it. */
const aQueue = () => {
  const queue = new WorkQueue(1);
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  const add = (source: string, name: string, isWanted = () => true): Promise<string> =>
    queue.run(source, isWanted, () => {
      started.push(name);
      return new Promise((resolve) => ends.set(name, () => resolve(name)));
    });
  const end = async (name: string): Promise<void> => {
    ends.get(name)!();
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  };
  return { queue, started, add, end };
};

it('a flood of key exchanges from one address delays another address by one of them alone', async () => {
  const { started, add, end } = aQueue();
  for (let index = 0; index < 50; index += 1) void add('attacker', `attack ${index}`);
  const user = add('user', 'user');
  await end('attack 0');
  await end('attack 1');
  await end('user');
  expect(started.slice(0, 3)).toEqual(['attack 0', 'attack 1', 'user']);
  await expect(user).resolves.toBe('user');
});

it('a client that asks for a computation and leaves does not get it', async () => {
  const { queue, started, add, end } = aQueue();
  let isThere = true;
  void add('first', 'first');
  const abandoned = add('attacker', 'attack', () => isThere);
  isThere = false;
  await Promise.all([end('first'), expect(abandoned).rejects.toBeInstanceOf(WorkAbandoned)]);
  expect([started, queue.waiting]).toEqual([['first'], 0]);
});

it('a computation that fails frees its place', async () => {
  const queue = new WorkQueue(1);
  await expect(
    queue.run(
      'a',
      () => true,
      () => Promise.reject(new Error('no')),
    ),
  ).rejects.toThrow('no');
  await expect(
    queue.run(
      'b',
      () => true,
      () => Promise.resolve(1),
    ),
  ).resolves.toBe(1);
});
