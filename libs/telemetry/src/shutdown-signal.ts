import type { Logger } from './logger.js';

/**
 * Calls `stop` at the first SIGTERM or SIGINT and then exits with 0. A further signal, or `deadlineMs` without an end, exits with 1. Node
 * may hang in process.exit (nodejs/node #54918), so the parent process needs a kill deadline all the same.
 */
export function onShutdownSignal(logger: Logger, deadlineMs: number, stop: (signal: string) => Promise<void>): void {
  let stopping = false;
  const begin = (signal: string): void => {
    if (stopping) process.exit(1);
    stopping = true;
    logger.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), deadlineMs).unref();
    stop(signal).then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => begin('SIGTERM'));
  process.on('SIGINT', () => begin('SIGINT'));
}
