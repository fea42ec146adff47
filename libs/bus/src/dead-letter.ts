import { jetstream, type JsMsg } from '@nats-io/jetstream';
import { headers, type NatsConnection } from '@nats-io/nats-core';
import type { AppError } from '@sallyport/errors';
import { deadSubject } from './streams.js';

/** Moves a message that failed for good to the dead letters, whole and with the reason, and removes it from its queue. */
export async function publishDeadLetter(connection: NatsConnection, message: JsMsg, durable: string, error: AppError): Promise<void> {
  const head = headers();
  head.set('Sallyport-Dead-Consumer', durable);
  head.set('Sallyport-Dead-Code', error.code);
  head.set('Sallyport-Dead-Reason', error.message.replaceAll(/[\r\n]+/g, ' '));
  for (const name of ['Nats-Msg-Id', 'Sallyport-Type', 'Sallyport-Time']) {
    const value = message.headers?.get(name);
    if (value) head.set(name === 'Nats-Msg-Id' ? 'Sallyport-Id' : name, value);
  }
  await jetstream(connection).publish(deadSubject(message.subject), message.data, {
    msgID: `${durable}:${message.info.streamSequence}`,
    headers: head,
  });
  message.term(error.code);
}
