import type { LoadReport } from '../messages.js';

/** The facts about a process by which a connection is placed. */
export interface Load {
  /** The newest report; undefined before the first. */
  readonly report: Pick<LoadReport, 'connections' | 'utilisation'> | undefined;
  /** Connections placed since that report. */
  readonly placed: number;
}

/** The weight of an event loop that is always busy, e.g. with a bulk transfer, in quiet connections. */
const BUSY_LOOP = 500;
/** The weight of a new connection until the next report: it costs a login. */
const NEW_CONNECTION = 10;

/** Returns the load of a process, in quiet connections. */
const weightOf = ({ report, placed }: Load): number =>
  (report ? report.connections + report.utilisation * BUSY_LOOP : 0) + placed * NEW_CONNECTION;

/** Returns the process with the least load, undefined if there is none. */
export function leastLoaded<T extends Load>(processes: readonly T[]): T | undefined {
  return processes.reduce<T | undefined>((least, one) => (least === undefined || weightOf(one) < weightOf(least) ? one : least), undefined);
}
