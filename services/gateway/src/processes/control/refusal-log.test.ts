import { fakeClock } from '@sallyport/testkit';
import { expect, it } from 'vitest';
import { RefusalLog } from './refusal-log.js';

it('the first of a flood is said at once, and the others are counted', async () => {
  const clock = fakeClock();
  const said: unknown[] = [];
  const log = new RefusalLog(clock, (fact) => said.push(fact));
  for (let i = 0; i < 1_000; i++) log.refused('192.0.2.1');
  await clock.advance(10_000);
  log.refused('192.0.2.2');
  expect(said).toEqual([
    { source: '192.0.2.1', refused: 1 },
    { source: '192.0.2.2', refused: 1_000 },
  ]);
});
