import { headers, type Msg, type NatsConnection, type Subscription } from '@nats-io/nats-core';
import { TerminateSession } from '@sallyport/proto-gen/access/v1/lease';
import type { Logger } from '@sallyport/telemetry';
import type { BusConnection } from './connection.js';

/** Subject prefix of the messages to one gateway each. Only core may publish them, and only gateways may read them. */
export const CONTROL_PREFIX = 'sallyport.control.gateway.';
const TYPE = 'sallyport.access.v1.TerminateSession';

const subjectOf = (gatewayId: string): string => CONTROL_PREFIX + gatewayId.replaceAll(/[^A-Za-z0-9_-]/g, '_');

/** Orders a gateway to end a session now. The order is not stored: the next lease answer repeats it. */
export async function publishTerminate(connection: BusConnection, gatewayId: string, message: TerminateSession): Promise<void> {
  const nats = await connection.get(1_000);
  const head = headers();
  head.set('Sallyport-Type', TYPE);
  nats.publish(subjectOf(gatewayId), TerminateSession.encode(message).finish(), { headers: head });
}

/** Listens for this gateway's orders until stopped. The subscription survives reconnects. */
export function subscribeTerminate(
  connection: BusConnection,
  logger: Logger,
  gatewayId: string,
  handle: (message: TerminateSession) => void,
): { stop(): void } {
  let stopped = false;
  let subscription: Subscription | undefined;
  const listen = (nats: NatsConnection): void => {
    if (stopped) return;
    subscription = nats.subscribe(subjectOf(gatewayId), {
      callback: (error, raw) => {
        const message = error ? undefined : read(raw);
        if (message) handle(message);
        else
          logger.error(
            { subject: subjectOf(gatewayId), problem: error?.message },
            'a message that is not an order to end a session was dropped',
          );
      },
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

/** Returns the order, or undefined for a message of another type. NATS lets a client name any subject for the replies to its own requests. */
function read(raw: Msg): TerminateSession | undefined {
  if (raw.headers?.get('Sallyport-Type') !== TYPE) return undefined;
  try {
    return TerminateSession.decode(raw.data);
  } catch {
    return undefined;
  }
}
