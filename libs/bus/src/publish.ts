import { jetstream } from '@nats-io/jetstream';
import { headers, type MsgHdrs, type NatsConnection } from '@nats-io/nats-core';
import { inSpan, traceHeaders } from '@sallyport/telemetry';
import type { EventDef } from './events.js';

/** Longest wait for JetStream's acknowledgement of a message. */
const ACK_TIMEOUT_MS = 5_000;

/** Publishes one event and waits until JetStream has stored it. The same id within 10 minutes is stored once. */
export async function publishEvent<T>(
  connection: NatsConnection,
  event: EventDef<T>,
  message: T,
  id: string,
): Promise<{ duplicate: boolean }> {
  return inSpan(`publish ${event.subject}`, 'producer', traceHeaders(), async () => {
    const ack = await jetstream(connection).publish(event.subject, event.codec.encode(message).finish(), {
      msgID: id,
      headers: envelope(event),
      timeout: ACK_TIMEOUT_MS,
    });
    return { duplicate: ack.duplicate };
  });
}

function envelope<T>(event: EventDef<T>): MsgHdrs {
  const head = headers();
  head.set('Sallyport-Type', event.type);
  head.set('Sallyport-Time', new Date().toISOString());
  for (const [name, value] of Object.entries(traceHeaders())) head.set(name, value);
  return head;
}
