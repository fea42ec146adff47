import type { MetricValues } from '@sallyport/telemetry';

/** What a data process is told before it serves anybody. */
export interface DataOrder {
  /** The gateway id that core knows it by: never used twice. */
  gatewayId: string;
  /** host:port that users connect to. */
  address: string;
  /** Its share of the spool's bound, until it is told of another. */
  spoolMaxBytes: number;
  terminalThreads: number;
}

/** What a data process stands on; a text is what is wrong with it. */
export const DEPENDENCIES = ['core', 'recorder', 'nats'] as const;
export type Problems = Readonly<Partial<Record<(typeof DEPENDENCIES)[number], string>>>;

/** How a data process is doing, several times a second: also the proof that its loop turns. */
export interface LoadReport {
  connections: number;
  sessions: number;
  /** Part of the time since the last report in which the event loop was busy, 0 to 1. */
  utilisation: number;
  problems: Problems;
  recording: { unackedBytes: number; spooledBytes: number; dropped: number };
}

/** From the control process; a `visitor` comes with its socket. */
export type ToData =
  | { type: 'start'; order: DataOrder }
  | { type: 'visitor'; visitor: number }
  | { type: 'spool'; maxBytes: number }
  | { type: 'metrics' }
  | { type: 'drain' };

/** From a data process. `took`: the socket is here; `settled`: it has signed in or is gone. */
export type FromData =
  | { type: 'serving'; crypto: string }
  | { type: 'took'; visitor: number }
  | { type: 'settled'; visitor: number }
  | { type: 'report'; report: LoadReport }
  | { type: 'metrics'; values: MetricValues };

/** The argument by which the program is a data process. */
export const DATA_PROCESS = 'data-process';
