import type { LoadReport } from '../messages.js';

/** What is known of a process when somebody is to be placed. */
export interface Load {
  /** The newest report; undefined before the first. */
  readonly report: Pick<LoadReport, 'connections' | 'utilisation'> | undefined;
  /** Connections placed since that report. */
  readonly placed: number;
}

/** A loop that is always busy, as one with a bulk transfer is, weighs as much as so many quiet connections. */
const BUSY_LOOP = 500;
/** Somebody who has just come will cost a login: a part of the time until the next report. */
const NEWCOMER = 10;

/** How much a process has to do, in quiet connections. */
const weightOf = ({ report, placed }: Load): number =>
  (report ? report.connections + report.utilisation * BUSY_LOOP : 0) + placed * NEWCOMER;

/** The one with the least to do; undefined when there is none. */
export function leastHeavy<T extends Load>(processes: readonly T[]): T | undefined {
  return processes.reduce<T | undefined>((least, one) => (least === undefined || weightOf(one) < weightOf(least) ? one : least), undefined);
}
