import type { Logger } from '@sallyport/telemetry';
import type { RecorderLink } from '../../recording/index.js';

/** For the disk to take what the recorder has not. */
const SPOOL_MS = 2_000;

/**
 * Without the control process nobody can see this one: it is in no health answer and no metrics, and nobody would tell it to stop. Whoever started the gateway
 * starts all of it anew (deploy/local, Kubernetes), so this process ends too, at once, and core closes its sessions as lost. It does not let them go on: two
 * gateways would then share a spool's bound and a machine's memory. What is not with the recorder yet goes into the spool first, for the next gateway to ship.
 */
export function endWithControl(recordings: Pick<RecorderLink, 'shutdown'>, logger: Logger): void {
  process.once('disconnect', () => {
    logger.fatal('the control process is gone; ending');
    const end = (): never => process.exit(1);
    setTimeout(end, SPOOL_MS);
    recordings.shutdown(0).then(end, end);
  });
}

/** A signal to all processes of a group, as a terminal and systemd send it, is for the control process: it tells the others what to do. */
export function leaveSignalsToControl(): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => undefined);
}
