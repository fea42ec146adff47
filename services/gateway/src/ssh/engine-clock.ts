import type { Clock } from '@sallyport/context';
import type { Clock as EngineClock } from '@sallyport/ssh';

/** The gateway's clock as the engine wants it. */
export const engineClock = (clock: Clock): EngineClock => ({
  now: () => clock.monotonic(),
  after: (ms, action) => clock.timeout(ms, action),
});
