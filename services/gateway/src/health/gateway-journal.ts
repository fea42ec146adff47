import type { Logger, Metrics } from '@sallyport/telemetry';
import type { ClientLogin } from '../auth/index.js';
import type { RefusedRequest } from '../channels/index.js';
import type { SessionRegistry } from '../session/index.js';

/** Logs and counts the events of the gateway. It never receives a secret or a byte of a session. */
export interface GatewayJournal {
  onSignedIn(login: ClientLogin): void;
  onSignInRefused(fact: { username: string; sourceIp: string; why: string }): void;
  /** Records the end of a connection whose client has not signed in. */
  onClosedBeforeLogin(client: { remoteAddress: string }, why: string): void;
  /** Records a request that the policy refuses. */
  onRefusal(refused: RefusedRequest): void;
  onSessionEnded(reason: string): void;
  /** Records a part of a session in which commands or file operations were not looked for. */
  onAuditGap(why: string): void;
  /** Counts a request on NATS to end a session that core does not confirm. */
  onUnconfirmedTermination(): void;
  onClosed(bytesOnWire: { read: number; written: number }): void;
}

/** Registers the gateway's metrics and returns the journal that writes them. */
export function gatewayJournal(
  { metrics, logger }: { metrics: Metrics; logger: Logger },
  registry: Pick<SessionRegistry, 'size' | 'channels'>,
): GatewayJournal {
  metrics.gauge('gateway_sessions', 'Sessions that are open', [], () => registry.size);
  metrics.gauge('gateway_channels', 'Channels of sessions that are open: shells, commands, file transfers', [], () => registry.channels());
  const logins = metrics.counter('gateway_logins_total', 'Sign-ins by outcome', ['outcome']);
  const ended = metrics.counter('gateway_sessions_ended_total', 'Sessions that ended, by reason', ['reason']);
  const refusals = metrics.counter('gateway_refusals_total', 'Requests that the policy refused');
  const auditGaps = metrics.counter(
    'gateway_audit_gaps_total',
    'Parts of sessions in which commands or file operations were not looked for, by reason; recordings have them',
    ['why'],
  );
  const unconfirmed = metrics.counter('gateway_unconfirmed_terminations_total', 'Requests to end a session that core did not confirm');
  const bytes = metrics.counter('gateway_client_bytes_total', 'Bytes on the wire of closed client connections', ['direction']);
  return {
    onUnconfirmedTermination: () => unconfirmed.inc(),
    onSignedIn: ({ identity, client }) => {
      logins.inc({ outcome: 'granted' });
      logger.info({ user: identity.username, from: client.sourceIp, software: client.software }, 'signed in');
    },
    onSignInRefused: (fact) => {
      logins.inc({ outcome: 'refused' });
      logger.info(fact, 'sign-in refused');
    },
    onClosedBeforeLogin: ({ remoteAddress }, why) => {
      logins.inc({ outcome: 'left' });
      logger.info({ from: remoteAddress, why }, 'disconnected before signing in');
    },
    onRefusal: (refused) => {
      refusals.inc();
      logger.warn(refused, 'request refused');
    },
    onSessionEnded: (reason) => ended.inc({ reason }),
    onAuditGap: (why) => auditGaps.inc({ why }),
    onClosed: ({ read, written }) => {
      bytes.inc({ direction: 'in' }, read);
      bytes.inc({ direction: 'out' }, written);
    },
  };
}
