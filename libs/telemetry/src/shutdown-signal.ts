import type { Logger } from './logger.js';

/** Behaviour at a further signal. */
export interface FurtherSignal {
  /** Makes `stop` come to its end soon. */
  onAgain(): void;
  /** The time from then to an exit with 1. */
  againDeadlineMs: number;
}

/**
 * Calls `stop` at the first SIGTERM or SIGINT and then exits with 0. `deadlineMs` without an end exits with 1, and so does a further signal:
 * the second one, or with `further` the third. Node may hang in process.exit (nodejs/node #54918), so the parent process needs a kill
 * deadline all the same.
 */
export function onShutdownSignal(
  logger: Logger,
  deadlineMs: number,
  stop: (signal: string) => Promise<void>,
  further?: FurtherSignal,
): void {
  let signals = 0;
  const begin = (signal: string): void => {
    signals += 1;
    if (signals > 1) return again(signal);
    logger.info({ signal }, 'stopping');
    exitAfter(deadlineMs);
    stop(signal).then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  const again = (signal: string): void => {
    if (!further || signals > 2) process.exit(1);
    logger.info({ signal }, 'stopping at once: a further signal came');
    exitAfter(further.againDeadlineMs);
    further.onAgain();
  };
  process.on('SIGTERM', () => begin('SIGTERM'));
  process.on('SIGINT', () => begin('SIGINT'));
}

function exitAfter(ms: number): void {
  setTimeout(() => process.exit(1), ms).unref();
}
