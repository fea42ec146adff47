import type { Clock } from '@sallyport/context';
import type { Clock as EngineClock } from '@sallyport/ssh';

/** Converts the gateway's clock to the engine's. */
export const engineClock = (clock: Clock): EngineClock => ({
  now: () => clock.monotonic(),
  after: (ms, action) => clock.timeout(ms, action),
});
