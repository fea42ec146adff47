import { backOffMs, type Clock } from '@sallyport/context';
import { toAppError } from '@sallyport/errors';
import type { Logger } from '@sallyport/telemetry';
import type { AccessPeer } from '../peers/access-peer.js';
import type { SessionReport } from './session.js';

export interface CloseTools {
  access: Pick<AccessPeer, 'closeSession'>;
  clock: Clock;
  logger: Logger;
}

/** Tells core that sessions ended, however long core is away. */
export class CloseReporter {
  constructor(private readonly tools: CloseTools) {}

  /** Resolves when core knows, or has said that it never will. */
  async report({ session, end, lastSeq, endedAt }: SessionReport): Promise<void> {
    const request = { sessionId: session.facts.sessionId, reason: end.reason, detail: end.detail.slice(0, 1000), lastSeq, endedAt };
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.tools.access.closeSession(request);
      } catch (error) {
        const { kind, code } = toAppError(error);
        if (kind !== 'unavailable' && kind !== 'bug') return this.tools.logger.warn({ session: request.sessionId, code }, 'core does not take the end of a session');
        await this.tools.clock.sleep(backOffMs(attempt, 250, 5_000));
      }
    }
  }
}
