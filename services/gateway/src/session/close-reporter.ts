import { backOffMs, type Clock } from '@sallyport/context';
import { toAppError } from '@sallyport/errors';
import { inSpan, type Logger, ofSession, sessionTrace } from '@sallyport/telemetry';
import type { AccessPeer } from '../peers/access-peer.js';
import type { SessionReport } from './session.js';

export interface CloseReporterDeps {
  access: Pick<AccessPeer, 'closeSession'>;
  clock: Clock;
  logger: Logger;
}

/** The number of internal errors of core after which the gateway stops trying. Core closes the session as lost when its lease ends. */
const MAX_FAULTS = 20;

/** Reports ended sessions to core, and retries for as long as core is unavailable. */
export class CloseReporter {
  constructor(private readonly deps: CloseReporterDeps) {}

  /** Reports the end of a session. Resolves when core has accepted or rejected it. */
  async report({ session, end, recording, endedAt }: SessionReport): Promise<void> {
    const { sessionId } = session.facts;
    const request = { sessionId, reason: end.reason, detail: end.detail.slice(0, 1000), ...recording, endedAt };
    let faults = 0;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await inSpan('report end', 'client', sessionTrace(sessionId), () => this.deps.access.closeSession(request));
      } catch (error) {
        const { kind, code } = toAppError(error);
        if (kind === 'bug') faults += 1;
        if ((kind !== 'unavailable' && kind !== 'bug') || faults >= MAX_FAULTS)
          return this.deps.logger.warn({ ...ofSession(request.sessionId), code }, 'core rejected the end of a session');
        await this.deps.clock.sleep(backOffMs(attempt, 250, 5_000));
      }
    }
  }
}
