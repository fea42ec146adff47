import type { Clock, Timer } from '@sallyport/context';
import type { Logger } from '@sallyport/telemetry';

/** The collaborators of the log of a drain. */
export interface DrainLogDeps {
  readonly fleet: { readonly sessions: number };
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'info'>;
  readonly drainSeconds: number;
}

const LOOK_MS = 1_000;
const LOG_MS = 60_000;

/** Logs the number of sessions that a drain waits for: at its start, and when it has changed, at most once a minute. */
export function logDrain({ fleet, clock, logger, drainSeconds }: DrainLogDeps): { stop(): void } {
  const until = new Date(clock.now() + drainSeconds * 1000).toISOString();
  let logged = fleet.sessions;
  let loggedAt = clock.monotonic();
  logger.info({ sessions: logged, until }, 'draining: new connections are refused, and sessions go on');
  const timer: Timer = clock.interval(LOOK_MS, () => {
    if (fleet.sessions === logged || clock.monotonic() - loggedAt < LOG_MS) return;
    logged = fleet.sessions;
    loggedAt = clock.monotonic();
    logger.info({ sessions: logged, until }, 'draining: sessions are left');
  });
  return {
    stop: () => {
      timer.cancel();
      logger.info({ sessions: fleet.sessions }, 'drained');
    },
  };
}
