import { fakeClock } from '@sallyport/testkit';
import { expect, it } from 'vitest';
import { RefusalLog } from './refusal-log.js';

it('the first refusal of a flood is logged at once, and the others are counted', async () => {
  const clock = fakeClock();
  const logged: unknown[] = [];
  const log = new RefusalLog(clock, (fact) => logged.push(fact));
  for (let i = 0; i < 1_000; i++) log.refused('192.0.2.1', 'displaced');
  await clock.advance(10_000);
  log.refused('192.0.2.2', 'penalty');
  expect(logged).toEqual([
    { source: '192.0.2.1', refused: { displaced: 1 } },
    { source: '192.0.2.2', refused: { displaced: 999, penalty: 1 } },
  ]);
});
