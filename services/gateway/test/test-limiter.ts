import { systemClock } from '@sallyport/context';
import { PreauthLimiter } from '../src/processes/control/preauth-limiter.js';

/** Returns a limiter with 64 places for each source and without penalties. */
export const testLimiter = (): PreauthLimiter =>
  new PreauthLimiter(
    { perSource: 64, total: { start: 512, rate: 30, full: 1024 } },
    { clock: systemClock, penalties: { isRefused: () => false, isTrusted: () => false }, onRefused: () => undefined },
  );
