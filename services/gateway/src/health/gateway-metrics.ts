import type { Metrics } from '@sallyport/telemetry';

/** What the gateway counts. */
export interface GatewayMetrics {
  signedIn(): void;
  refusedSignIn(): void;
  turnedAway(): void;
  refused(): void;
  sessionEnded(reason: string): void;
  carried(bytes: { read: number; written: number }): void;
}

/** Registers the gateway's metrics. `live` is asked at every scrape. */
export function gatewayMetrics(metrics: Metrics, live: { sessions(): number; waiting(): number }): GatewayMetrics {
  metrics.gauge('sallyport_gateway_sessions', 'Sessions that are open', [], live.sessions);
  metrics.gauge('sallyport_gateway_unauthenticated_connections', 'Connections that have not signed in', [], live.waiting);
  const logins = metrics.counter('sallyport_gateway_logins_total', 'Sign-ins by outcome', ['outcome']);
  const ended = metrics.counter('sallyport_gateway_sessions_ended_total', 'Sessions that ended, by reason', ['reason']);
  const refusals = metrics.counter('sallyport_gateway_refusals_total', 'Requests for what is not offered');
  const bytes = metrics.counter('sallyport_gateway_client_bytes_total', 'Bytes on the wire of closed client connections', ['direction']);
  return {
    signedIn: () => logins.inc({ outcome: 'granted' }),
    refusedSignIn: () => logins.inc({ outcome: 'refused' }),
    turnedAway: () => logins.inc({ outcome: 'left' }),
    refused: () => refusals.inc(),
    sessionEnded: (reason) => ended.inc({ reason }),
    carried: ({ read, written }) => {
      bytes.inc({ direction: 'in' }, read);
      bytes.inc({ direction: 'out' }, written);
    },
  };
}
