import type { Logger } from '@sallyport/telemetry';
import type { RecorderLink } from '../../recording/index.js';

/** Parts of a process that keep its sessions' data when it ends at once. */
export interface EndingDeps {
  readonly recordings: Pick<RecorderLink, 'shutdown'>;
  /** Records as gaps what waits to be searched for commands, in this turn of the loop. */
  markUnsearched(): void;
}

/** The time for the spool to take what the recorder has not. */
const SPOOL_MS = 2_000;

/**
 * Ends this process at once when it can't go on. Core then closes its sessions as lost. Frames that the recorder has not taken go into the
 * spool first, and the next process ships them.
 *
 * It can't go on after an uncaught error: its state may be broken. Nor can it without the control process: health and metrics would not show
 * it, and nothing would stop it. Letting its sessions run to their end was refused. A supervisor (deploy/local, Kubernetes) restarts the
 * whole gateway, and the old and the new processes would share the machine's memory and the spool's bound unseen.
 */
export function endAtOnce({ recordings, markUnsearched }: EndingDeps, logger: Logger): void {
  let isEnding = false;
  const end = (why: string, err?: Error): void => {
    if (isEnding) return;
    isEnding = true;
    logger.fatal({ why, err }, 'ending at once');
    const exit = (): never => process.exit(1);
    setTimeout(exit, SPOOL_MS);
    try {
      markUnsearched();
    } catch (error) {
      logger.error({ err: error }, 'what was not searched for commands could not be marked in the recordings');
    }
    recordings.shutdown(0).then(exit, exit);
  };
  process.on('uncaughtException', (error) => end('an uncaught error', error));
  process.once('disconnect', () => end('the control process is gone'));
  if (!process.connected) end('the control process is gone');
}

/** Ignores signals. A terminal and systemd send them to all processes of a group: the control process asks the others to drain. */
export function leaveSignalsToControl(): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => undefined);
}
