import { describe, expect, it } from 'vitest';
import { FairQueue, type FairQueueLimits } from './fair-queue.js';

/** Returns a queue, and works that end when the test ends them. `started` has their names in order. */
function aQueue(limits: Partial<FairQueueLimits> = {}) {
  const queue = new FairQueue({ running: 2, waiting: 1_000, waitingPerKey: 1_000, ...limits }, (bound) => new Error(`full: ${bound}`));
  const started: string[] = [];
  const ends: (() => void)[] = [];
  const add = (key: string, name = key): Promise<string> =>
    queue.run(key, async () => {
      started.push(name);
      await new Promise<void>((end) => ends.push(end));
      return name;
    });
  const endOne = async (): Promise<void> => {
    ends.shift()?.();
    await new Promise(setImmediate);
  };
  return { add, endOne, started };
}

describe('a fair queue', () => {
  it('lets the work of another key ahead of the rest of a burst', async () => {
    const { add, endOne, started } = aQueue();
    for (let n = 0; n < 120; n += 1) void add('burst', `burst ${n}`);
    void add('other');
    expect(started).toHaveLength(2);
    await endOne();
    await endOne();
    expect(started.indexOf('other')).toBeLessThanOrEqual(3);
    for (let n = 0; n < 130; n += 1) await endOne();
    expect(started).toHaveLength(121);
  });

  it('takes turns between keys, in the order in which they came', async () => {
    const { add, endOne, started } = aQueue({ running: 1 });
    for (const name of ['a1', 'a2', 'a3', 'b1', 'b2', 'c1']) void add(name.charAt(0), name);
    for (let n = 0; n < 6; n += 1) await endOne();
    expect(started).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2']);
  });

  it('refuses what is too much to wait, by key and in all, and takes more once there is room', async () => {
    const { add, endOne } = aQueue({ running: 1, waiting: 3, waitingPerKey: 2 });
    const kept = [add('a'), add('a'), add('a')];
    await expect(add('a')).rejects.toThrow('full: key');
    kept.push(add('b'));
    await expect(add('c')).rejects.toThrow('full: all');
    await endOne();
    kept.push(add('c'));
    for (let n = 0; n < 5; n += 1) await endOne();
    expect(await Promise.all(kept)).toEqual(['a', 'a', 'a', 'b', 'c']);
  });

  it('goes on after a work that failed', async () => {
    const { add, endOne } = aQueue();
    const queue = new FairQueue({ running: 1, waiting: 1, waitingPerKey: 1 }, () => new Error('full'));
    await expect(queue.run('a', () => Promise.reject(new Error('wrong')))).rejects.toThrow('wrong');
    await expect(queue.run('a', async () => 'right')).resolves.toBe('right');
    const last = add('a');
    await endOne();
    expect(await last).toBe('a');
  });
});
