import { expect, it } from 'vitest';
import { ManualClock } from './manual-clock.suite.js';
import { WorkAbandoned, WorkQueue } from './work-queue.js';

/** Returns a queue of one place, a function that adds a named computation, and one that ends it. */
const aQueue = () => {
  const clock = new ManualClock();
  const queue = new WorkQueue(1, clock);
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  const add = (source: string, name: string, { isWanted = (): boolean => true, price = 0 } = {}): Promise<string> => {
    const compute = (): Promise<string> => {
      started.push(name);
      return new Promise((resolve) => ends.set(name, () => resolve(name)));
    };
    return queue.run({ source, price, isWanted, compute });
  };
  const end = async (name: string): Promise<void> => {
    ends.get(name)!();
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  };
  return { clock, queue, started, add, end };
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
  const abandoned = add('attacker', 'attack', { isWanted: () => isThere });
  isThere = false;
  await Promise.all([end('first'), expect(abandoned).rejects.toBeInstanceOf(WorkAbandoned)]);
  expect([started, queue.waiting]).toEqual([['first'], 0]);
});

it('a computation that fails frees its place', async () => {
  const queue = new WorkQueue(1);
  const work = { price: 1, isWanted: () => true };
  await expect(queue.run({ ...work, source: 'a', compute: () => Promise.reject(new Error('no')) })).rejects.toThrow('no');
  await expect(queue.run({ ...work, source: 'b', compute: () => Promise.resolve(1) })).resolves.toBe(1);
});

it('a flood of key exchanges from one address uses an eighth of a core, and another address is served at once', async () => {
  const { clock, queue, started, add } = aQueue();
  const attack = (): void =>
    void queue.run({ source: 'attacker', price: 8, isWanted: () => true, compute: () => Promise.resolve(started.push('attack')) });
  for (let index = 0; index < 500; index += 1) attack();
  for (let second = 0; second < 10; second += 1) await passSecond(clock);
  const spentMs = started.length * 8;
  expect(spentMs).toBeLessThanOrEqual(100 + 8 + 10_000 / 8);
  expect(spentMs).toBeGreaterThan(1_000);
  void add('user', 'user');
  expect(started.at(-1)).toBe('user');
});

/** Lets a second pass, in which computations begin whenever they may. */
async function passSecond(clock: ManualClock): Promise<void> {
  for (let ms = 0; ms < 1_000; ms += 10) {
    clock.advance(10);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
