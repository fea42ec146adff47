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
  problems: Problems;
  recording: { unackedBytes: number; spooledBytes: number; dropped: number };
}

/** A message of the control process. The socket is sent along with `connection`. */
export type ToData =
  | { type: 'start'; order: DataOrder }
  | { type: 'connection'; connection: number }
  | { type: 'spool'; maxBytes: number }
  | { type: 'metrics' }
  | { type: 'drain' };

/** A message of a data process. `received`: the socket has arrived. `settled`: its client has signed in, or the connection is closed. */
export type FromData =
  | { type: 'serving'; crypto: string }
  | { type: 'received'; connection: number }
  | { type: 'settled'; connection: number }
  | { type: 'report'; report: LoadReport }
  | { type: 'metrics'; values: MetricValues };

/** The argument by which the program runs as a data process. */
export const DATA_PROCESS = 'data-process';
