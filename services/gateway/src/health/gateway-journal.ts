import type { Logger, Metrics } from '@sallyport/telemetry';
import type { ClientLogin } from '../auth/index.js';
import type { RefusedRequest } from '../channels/index.js';

/** What happens at the gate, for log and metrics. Never a secret, never a byte of a session. */
export interface GatewayJournal {
  onSignedIn(who: ClientLogin): void;
  onSignInRefused(fact: { username: string; sourceIp: string; why: string }): void;
  /** A connection ended before anybody signed in. */
  onTurnedAway(client: { remoteAddress: string }, why: string): void;
  /** Something that is not offered was asked for. */
  onRefusal(refused: RefusedRequest): void;
  onSessionEnded(reason: string): void;
  onClosed(bytesOnWire: { read: number; written: number }): void;
}

/** Registers the gateway's metrics and gives what writes them. `sessions` is asked at every scrape. */
export function gatewayJournal({ metrics, logger }: { metrics: Metrics; logger: Logger }, sessions: () => number): GatewayJournal {
  metrics.gauge('gateway_sessions', 'Sessions that are open', [], sessions);
  const logins = metrics.counter('gateway_logins_total', 'Sign-ins by outcome', ['outcome']);
  const ended = metrics.counter('gateway_sessions_ended_total', 'Sessions that ended, by reason', ['reason']);
  const refusals = metrics.counter('gateway_refusals_total', 'Requests for what is not offered');
  const bytes = metrics.counter('gateway_client_bytes_total', 'Bytes on the wire of closed client connections', ['direction']);
  return {
    onSignedIn: ({ identity, client }) => {
      logins.inc({ outcome: 'granted' });
      logger.info({ user: identity.username, from: client.sourceIp, software: client.software }, 'signed in');
    },
    onSignInRefused: (fact) => {
      logins.inc({ outcome: 'refused' });
      logger.info(fact, 'sign-in refused');
    },
    onTurnedAway: ({ remoteAddress }, why) => {
      logins.inc({ outcome: 'left' });
      logger.info({ from: remoteAddress, why }, 'left without signing in');
    },
    onRefusal: (refused) => {
      refusals.inc();
      logger.warn(refused, 'request refused');
    },
    onSessionEnded: (reason) => ended.inc({ reason }),
    onClosed: ({ read, written }) => {
      bytes.inc({ direction: 'in' }, read);
      bytes.inc({ direction: 'out' }, written);
    },
  };
}
