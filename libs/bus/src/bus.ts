import { errors } from '@nats-io/nats-core';
import type { TerminateSession } from '@sallyport/proto-gen/access/v1/lease';
import { BusConnection, BusUnavailable, type ConnectionOptions } from './connection.js';
import { startConsuming, type ConsumeOptions, type Consuming } from './consume.js';
import { publishTerminate, subscribeTerminate } from './control.js';
import type { EventDef } from './events.js';
import { publishEvent } from './publish.js';

/** Events and work between services. */
export interface Bus {
  /** Resolves when JetStream has stored the event. Throws BusUnavailable if it does not within some seconds. */
  publish<T>(event: EventDef<T>, message: T, options: { id: string }): Promise<{ duplicate: boolean }>;
  /** Consumes until stopped, through every outage. */
  consume<T>(options: ConsumeOptions<T>): Consuming;
  /** Orders a gateway to end a session now. */
  publishTerminate(gatewayId: string, message: TerminateSession): Promise<void>;
  /** Listens for orders to this gateway. */
  subscribeTerminate(gatewayId: string, handle: (message: TerminateSession) => void): { stop(): void };
  /** Returns the problem with the connection, or undefined if there is none. */
  problem(): string | undefined;
  /** Waits for the first connection. Rejects after `ms` with the problem. */
  ready(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** Starts to connect and returns the bus at once; NATS may come later. Throws if the files of the identity are unreadable or of another service. */
export function connectBus(options: ConnectionOptions): Bus {
  const connection = new BusConnection(options);
  return {
    publish: (event, message, { id }) => publish(connection, event, message, id),
    consume: (consume) => startConsuming(connection, options.logger, consume),
    publishTerminate: (gatewayId, message) => publishTerminate(connection, gatewayId, message),
    subscribeTerminate: (gatewayId, handle) => subscribeTerminate(connection, options.logger, gatewayId, handle),
    problem: () => connection.problem,
    ready: async (ms) => {
      await connection.get(ms);
    },
    close: () => connection.close(),
  };
}

async function publish<T>(connection: BusConnection, event: EventDef<T>, message: T, id: string): Promise<{ duplicate: boolean }> {
  const nats = await connection.get(2_000);
  try {
    return await publishEvent(nats, event, message, id);
  } catch (error) {
    throw new BusUnavailable(`NATS did not take ${event.subject}${reason(error)}`, { subject: event.subject }, { cause: error });
  }
}

/** Returns the remedy if one is known. */
function reason(error: unknown): string {
  if (error instanceof errors.PermissionViolationError) return ': the server denies this subject to this service';
  const { cause } = error as Error;
  if (cause instanceof errors.RequestError && cause.isNoResponders())
    return ': the server does not have its stream; run "sallyport nats provision"';
  return '';
}
