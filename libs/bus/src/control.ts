import type { NatsConnection, Subscription } from '@nats-io/nats-core';
import { TerminateSession } from '@sallyport/proto-gen/access/v1/lease';
import type { BusConnection } from './connection.js';

const subjectOf = (gatewayId: string): string => `sallyport.control.gateway.${gatewayId.replaceAll(/[^A-Za-z0-9_-]/g, '_')}`;

/** Orders a gateway to end a session now. The order is not stored: the next lease answer repeats it. */
export async function publishTerminate(connection: BusConnection, gatewayId: string, message: TerminateSession): Promise<void> {
  const nats = await connection.get(1_000);
  nats.publish(subjectOf(gatewayId), TerminateSession.encode(message).finish());
}

/** Listens for this gateway's orders until stopped. The subscription survives reconnects. */
export function subscribeTerminate(
  connection: BusConnection,
  gatewayId: string,
  handle: (message: TerminateSession) => void,
): { stop(): void } {
  let stopped = false;
  let subscription: Subscription | undefined;
  const listen = (nats: NatsConnection): void => {
    if (stopped) return;
    subscription = nats.subscribe(subjectOf(gatewayId), {
      callback: (error, raw) => void (error ?? handle(TerminateSession.decode(raw.data))),
    });
  };
  const begin = (): void => {
    connection.get(60_000).then(listen, () => {
      if (!stopped) begin();
    });
  };
  begin();
  return {
    stop() {
      stopped = true;
      subscription?.unsubscribe();
    },
  };
}
