import type { TerminateSession } from '@sallyport/proto-gen/access/v1/lease';
import { ofSession, type Logger } from '@sallyport/telemetry';
import type { LeaseRenewal } from './lease-renewal.js';
import type { SessionRegistry } from './session-registry.js';

/** Collaborators of the confirmation. */
export interface ConfirmTerminationsDeps {
  leases: Pick<LeaseRenewal, 'askNow'>;
  registry: Pick<SessionRegistry, 'get'>;
  logger: Logger;
  /** Counts a request that core does not confirm. */
  onUnconfirmed(): void;
}

/**
 * Returns the handler of requests to end a session. A message on NATS does not end a session: it makes the gateway ask core at once, and
 * core's answer over mutual TLS ends it. So a forged message has no effect, and its text reaches no user.
 */
export function confirmTerminations({ leases, registry, logger, onUnconfirmed }: ConfirmTerminationsDeps) {
  return ({ sessionId, requestedBy }: TerminateSession): void => {
    if (!registry.get(sessionId)) return;
    const request = { ...ofSession(sessionId), requestedBy };
    logger.info(request, 'a request to end this session arrived; core is asked');
    void leases.askNow().then((ended) => {
      if (!ended || ended.has(sessionId)) return;
      onUnconfirmed();
      logger.error(request, 'core does not confirm the request to end this session; the session goes on');
    });
  };
}
