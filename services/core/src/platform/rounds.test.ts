import { fakeClock } from '@sallyport/testkit';
import { expect, it } from 'vitest';
import { Rounds } from './rounds.js';

it('rounds come one at a time, and stopping waits for the one that goes on', async () => {
  const clock = fakeClock();
  const open: (() => void)[] = [];
  const rounds = new Rounds(clock, 1_000, () => new Promise((resolve) => open.push(resolve)));
  rounds.start();
  expect(open).toHaveLength(0);
  await clock.advance(3_000);
  expect(open).toHaveLength(1);
  open[0]?.();
  await clock.advance(1_000);
  expect(open).toHaveLength(2);
  let hasStopped = false;
  const stopping = rounds.stop().then(() => (hasStopped = true));
  await clock.advance(2_000);
  expect([hasStopped, open.length]).toEqual([false, 2]);
  open[1]?.();
  await stopping;
  await clock.advance(5_000);
  expect(open).toHaveLength(2);
});
