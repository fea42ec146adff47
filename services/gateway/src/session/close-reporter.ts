import { backOffMs, type Clock } from '@sallyport/context';
import { toAppError } from '@sallyport/errors';
import type { Logger } from '@sallyport/telemetry';
import type { AccessPeer } from '../peers/access-peer.js';
import type { SessionReport } from './session.js';

export interface CloseReporterDeps {
  access: Pick<AccessPeer, 'closeSession'>;
  clock: Clock;
  logger: Logger;
}

/** Answers by a fault of core's own after which a session is left to its lease: core then closes it as lost. */
const MAX_FAULTS = 20;

/** Tells core that sessions ended, however long core is away. */
export class CloseReporter {
  constructor(private readonly deps: CloseReporterDeps) {}

  /** Resolves when core knows, or has said that it never will. */
  async report({ session, end, lastSeq, endedAt }: SessionReport): Promise<void> {
    const request = { sessionId: session.facts.sessionId, reason: end.reason, detail: end.detail.slice(0, 1000), lastSeq, endedAt };
    let faults = 0;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.deps.access.closeSession(request);
      } catch (error) {
        const { kind, code } = toAppError(error);
        if (kind === 'bug') faults += 1;
        if ((kind !== 'unavailable' && kind !== 'bug') || faults >= MAX_FAULTS)
          return this.deps.logger.warn({ session: request.sessionId, code }, 'core does not take the end of a session');
        await this.deps.clock.sleep(backOffMs(attempt, 250, 5_000));
      }
    }
  }
}
