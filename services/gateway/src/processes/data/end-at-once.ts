import type { Logger } from '@sallyport/telemetry';
import type { RecorderLink } from '../../recording/index.js';

/** For the disk to take what the recorder has not. */
const SPOOL_MS = 2_000;

/**
 * Ends this process at once when it can't go on; core then closes its sessions as lost. What is not with the recorder yet goes into the spool first, and whoever
 * comes next ships it.
 *
 * It can't go on after an error that nobody caught: nothing says what is still whole then. And not without the control process: it would be in no health answer and
 * no metrics, and nobody would tell it to stop. Letting its sessions go on until they end was refused: whoever started the gateway starts all of it anew
 * (deploy/local, Kubernetes), and old and new would share one machine's memory and one spool's bound unseen.
 */
export function endAtOnce(recordings: Pick<RecorderLink, 'shutdown'>, logger: Logger): void {
  let isEnding = false;
  const end = (why: string, err?: Error): void => {
    if (isEnding) return;
    isEnding = true;
    logger.fatal({ why, err }, 'ending at once');
    const exit = (): never => process.exit(1);
    setTimeout(exit, SPOOL_MS);
    recordings.shutdown(0).then(exit, exit);
  };
  process.on('uncaughtException', (error) => end('an error that nobody caught', error));
  process.once('disconnect', () => end('the control process is gone'));
  if (!process.connected) end('the control process is gone');
}

/** A signal to all processes of a group, as a terminal and systemd send it, is for the control process: it tells the others what to do. */
export function leaveSignalsToControl(): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => undefined);
}
