import { readdirSync, readFileSync } from 'node:fs';
import type { PathName } from './rounds.ts';

/** CPU seconds that the processes between client and target of a path have used so far. */
export type Spending = (path: PathName) => number;

const TICKS_PER_SECOND = 100;

/** Reads the fields of /proc/…/stat after the name: [1] parent, [11] to [14] user and system time of itself and of ended children. */
function statOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  } catch {
    return []; // the process has ended
  }
}

/** Returns the ids of a process and of its running descendants. */
export function familyOf(pid: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), Number(statOf(Number(name))[1])] as const);
  const family = [pid];
  for (const member of family) family.push(...parents.filter(([, parent]) => parent === member).map(([child]) => child));
  return family;
}

/** Returns the CPU seconds of a process and its descendants, including those that have ended. */
export function cpuSeconds(pid: number): number {
  const ticks = familyOf(pid).flatMap((member) => statOf(member).slice(11, 15).map(Number));
  return ticks.reduce((sum, each) => sum + each, 0) / TICKS_PER_SECOND;
}

/** Returns the resident memory of a process and its descendants in KiB. */
export function residentKib(pid: number): number {
  return familyOf(pid).reduce((sum, member) => sum + rssOf(member), 0);
}

function rssOf(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
