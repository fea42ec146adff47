import type { Socket } from 'node:net';
import type { MetricValues } from '@sallyport/telemetry';
import type { DataOrder, FromData, ToData } from '../messages.js';
import { NoControlProcess } from '../processes.errors.js';

/** The handlers of the control process's messages, once this process serves. */
export interface DataHandlers {
  /** Handles a connection. `address` is that of a client behind a load balancer. */
  onConnection(connection: number, socket: Socket, address: string | undefined): void;
  onSpool(maxBytes: number): void;
  onDrop(connection: number): void;
  onAdmitted(answer: Extract<ToData, { type: 'admitted' }>): void;
  metrics(): Promise<MetricValues>;
  onDrain(): void;
  onEndSessions(): void;
}

/** The channel to the control process. */
export interface ControlChannel {
  /** Its first message. */
  readonly order: Promise<DataOrder>;
  send(message: FromData): void;
  serve(handlers: DataHandlers): void;
}

/** Opens the channel to the control process. @throws NoControlProcess when there is none */
export function controlChannel(): ControlChannel {
  if (!process.send) throw new NoControlProcess();
  const sendToParent = process.send.bind(process);
  const started = Promise.withResolvers<DataOrder>();
  let handlers: DataHandlers | undefined;
  const send = (message: FromData): void => {
    if (process.connected) sendToParent(message, undefined, undefined, () => undefined); // without a control process this one ends anyway
  };
  process.on('message', (message: ToData, socket: Socket | undefined) => {
    if (message.type === 'start') return started.resolve(message.order);
    if (handlers) return onMessage(message, socket, handlers, send);
    if (message.type === 'drain') process.exit(0); // it serves no connection yet
  });
  return { order: started.promise, send, serve: (given) => (handlers = given) };
}

function onMessage(message: ToData, socket: Socket | undefined, handlers: DataHandlers, send: ControlChannel['send']): void {
  switch (message.type) {
    case 'connection':
      send({ type: 'received', connection: message.connection });
      if (socket) onSocket(message, socket, handlers);
      else send({ type: 'settled', connection: message.connection, outcome: 'closed' }); // on its way
      return;
    case 'spool':
      return handlers.onSpool(message.maxBytes);
    case 'drop':
      return handlers.onDrop(message.connection);
    case 'admitted':
      return handlers.onAdmitted(message);
    case 'metrics':
      return void handlers.metrics().then((values) => send({ type: 'metrics', values }));
    case 'drain':
      return handlers.onDrain();
    case 'end-sessions':
      return handlers.onEndSessions();
    case 'start':
      return;
  }
}

function onSocket({ connection, client }: Extract<ToData, { type: 'connection' }>, socket: Socket, handlers: DataHandlers): void {
  // The control process has read it with the header of the load balancer.
  if (client?.head !== undefined) socket.unshift(Buffer.from(client.head, 'base64'));
  handlers.onConnection(connection, socket, client?.address);
}
