import type { Socket } from 'node:net';
import type { MetricValues } from '@sallyport/telemetry';
import type { DataOrder, FromData, ToData } from '../messages.js';
import { NoControlProcess } from '../processes.errors.js';

/** What the control process may ask for once this process serves. */
export interface DataHandlers {
  onVisitor(visitor: number, socket: Socket): void;
  onSpool(maxBytes: number): void;
  metrics(): Promise<MetricValues>;
  onDrain(): void;
}

/** The way to the control process. */
export interface ControlChannel {
  /** The first thing it says. */
  readonly order: Promise<DataOrder>;
  tell(message: FromData): void;
  serve(handlers: DataHandlers): void;
}

/** Opens the way to the control process. @throws NoControlProcess when there is none */
export function controlChannel(): ControlChannel {
  if (!process.send) throw new NoControlProcess();
  const send = process.send.bind(process);
  const started = Promise.withResolvers<DataOrder>();
  let handlers: DataHandlers | undefined;
  const tell = (message: FromData): void => {
    if (process.connected) send(message, undefined, undefined, () => undefined); // without a control process this one ends anyway
  };
  process.on('message', (message: ToData, socket: Socket | undefined) => {
    if (message.type === 'start') return started.resolve(message.order);
    if (handlers) return hear(message, socket, handlers, tell);
    if (message.type === 'drain') process.exit(0); // it has not served anybody
  });
  return { order: started.promise, tell, serve: (given) => (handlers = given) };
}

function hear(message: ToData, socket: Socket | undefined, handlers: DataHandlers, tell: ControlChannel['tell']): void {
  switch (message.type) {
    case 'visitor':
      tell({ type: 'took', visitor: message.visitor });
      if (socket) handlers.onVisitor(message.visitor, socket);
      else tell({ type: 'settled', visitor: message.visitor }); // gone on the way
      return;
    case 'spool':
      return handlers.onSpool(message.maxBytes);
    case 'metrics':
      return void handlers.metrics().then((values) => tell({ type: 'metrics', values }));
    case 'drain':
      return handlers.onDrain();
    case 'start':
      return;
  }
}
