import { expect, test } from 'vitest';
import { fakeClock } from './fake-clock.js';

test('calls due timers in order, and each call sees its own time', async () => {
  const clock = fakeClock(1000);
  const calls: [string, number][] = [];
  clock.timeout(300, () => calls.push(['late', clock.now()]));
  clock.interval(100, () => calls.push(['tick', clock.now()]));
  void clock.sleep(150).then(() => calls.push(['slept', clock.now()]));
  await clock.advance(299);
  expect(calls).toEqual([
    ['tick', 1100],
    ['slept', 1150],
    ['tick', 1200],
  ]);
  await clock.advance(1);
  expect(calls.slice(3)).toEqual([
    ['late', 1300],
    ['tick', 1300],
  ]);
  expect(clock.monotonic()).toBe(300);
});

test('a cancelled timer does not fire and an aborted sleep rejects with the reason', async () => {
  const clock = fakeClock();
  let called = false;
  clock.timeout(10, () => (called = true)).cancel();
  const controller = new AbortController();
  const sleeping = clock.sleep(10, controller.signal);
  controller.abort(new Error('enough'));
  await expect(sleeping).rejects.toThrow('enough');
  await clock.advance(20);
  expect(called).toBe(false);
});
