import { backOffMs, type Clock } from '@sallyport/context';
import { toAppError } from '@sallyport/errors';
import type { FailedSignIn } from '@sallyport/proto-gen/access/v1/authenticate';
import type { Logger } from '@sallyport/telemetry';
import type { AccessPeer } from '../peers/access-peer.js';

export interface FailedSignInReporterDeps {
  access: Pick<AccessPeer, 'reportFailedSignIns'>;
  clock: Clock;
  logger: Logger;
  gatewayId: string;
}

/** Reports that wait while core is unavailable; further ones are counted. */
const MAX_WAITING = 1_000;
const BATCH = 100;
/** Internal errors of core after which a batch is given up. */
const MAX_FAULTS = 20;

/** Reports connections that ended without a sign-in to core's audit log, and retries while core is unavailable. */
export class FailedSignInReporter {
  private readonly waiting: FailedSignIn[] = [];
  private omitted = 0;
  private isSending = false;
  private sent = Promise.withResolvers<void>();

  constructor(private readonly deps: FailedSignInReporterDeps) {
    this.sent.resolve();
  }

  add(failure: FailedSignIn): void {
    if (this.waiting.length < MAX_WAITING) this.waiting.push(failure);
    else this.omitted += 1;
    if (this.isSending) return;
    this.isSending = true;
    this.sent = Promise.withResolvers();
    void this.send();
  }

  /** Resolves when nothing waits to be sent. */
  whenSent(): Promise<void> {
    return this.sent.promise;
  }

  private async send(): Promise<void> {
    while (this.waiting.length > 0 || this.omitted > 0) {
      const failures = this.waiting.slice(0, BATCH);
      const { omitted } = this;
      await this.report(failures, omitted);
      this.waiting.splice(0, failures.length);
      this.omitted -= omitted;
    }
    this.isSending = false;
    this.sent.resolve();
  }

  /** Resolves when core has accepted or rejected the batch. */
  private async report(failures: FailedSignIn[], omitted: number): Promise<void> {
    const { access, clock, logger, gatewayId } = this.deps;
    let faults = 0;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await access.reportFailedSignIns({ gatewayId, failures, omitted });
      } catch (error) {
        const { kind, code } = toAppError(error);
        if (kind === 'bug') faults += 1;
        if ((kind !== 'unavailable' && kind !== 'bug') || faults >= MAX_FAULTS)
          return logger.warn({ connections: failures.length + omitted, code }, 'core rejected a report of connections without a sign-in');
        await clock.sleep(backOffMs(attempt, 250, 5_000));
      }
    }
  }
}
