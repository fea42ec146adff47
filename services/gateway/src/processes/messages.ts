import type { MetricValues } from '@sallyport/telemetry';

/** The first message to a data process. */
export interface DataOrder {
  /** The gateway id by which core knows it. It is never used twice. */
  gatewayId: string;
  /** host:port that users connect to. */
  address: string;
  /** Its share of the spool's bound, until a message sets another. */
  spoolMaxBytes: number;
  terminalThreads: number;
}

/** The dependencies of a data process. */
export const DEPENDENCIES = ['core', 'recorder', 'nats'] as const;
/** The problem of each dependency; undefined if it is well. */
export type Problems = Readonly<Partial<Record<(typeof DEPENDENCIES)[number], string>>>;

/** The state of a data process, sent several times a second. It also proves that the event loop turns. */
export interface LoadReport {
  connections: number;
  sessions: number;
  /** Part of the time since the last report in which the event loop was busy, 0 to 1. */
  utilisation: number;
  /** Times that the event loop was blocked for more than 50 ms, since the process started. At most one is counted in a quarter second. */
  loopBlocks: number;
  problems: Problems;
  recording: { unackedBytes: number; spooledBytes: number; dropped: number };
}

/** The client behind a load balancer: its address, if that is named, and in base64 what it sent behind the header of the load balancer. */
export interface ClientBehind {
  readonly address: string | undefined;
  readonly head: string | undefined;
}

/** A message of the control process. The socket is sent along with `connection`. */
export type ToData =
  | { type: 'start'; order: DataOrder }
  | { type: 'connection'; connection: number; client?: ClientBehind }
  | { type: 'spool'; maxBytes: number }
  /** Close this connection, whose client has not signed in. */
  | { type: 'drop'; connection: number }
  /** The answer to `admit`. */
  | { type: 'admitted'; connection: number; refusal?: string }
  | { type: 'metrics' }
  | { type: 'drain' }
  /** End the sessions of the drain now. */
  | { type: 'end-sessions' };

/**
 * The end of a connection's time without a login: its client signed in, left after a failed attempt, made none, or took too long. `closed`: the
 * cause is not the client's.
 */
export type Outcome = 'signed-in' | 'authfail' | 'noauth' | 'grace-exceeded' | 'closed';

/**
 * A message of a data process. `received`: the socket has arrived. `progressed`: its client has completed a step before the sign-in.
 * `admit`: may this user have one more connection? `settled`: its client has signed in, or the connection is closed. `closed`: it is closed.
 */
export type FromData =
  | { type: 'serving'; crypto: string }
  | { type: 'received'; connection: number }
  | { type: 'progressed'; connection: number; step: 'identified' | 'keys-exchanged' }
  | { type: 'admit'; connection: number; user: string }
  | { type: 'settled'; connection: number; outcome: Outcome }
  | { type: 'closed'; connection: number }
  | { type: 'report'; report: LoadReport }
  | { type: 'metrics'; values: MetricValues };

/** The argument by which the program runs as a data process. */
export const DATA_PROCESS = 'data-process';
