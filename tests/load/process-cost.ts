import { readFileSync } from 'node:fs';

/** What a process has used so far. */
export interface ProcessCost {
  /** CPU seconds, user and system. */
  cpuSeconds: number;
  /** Resident memory in MiB. */
  rssMib: number;
}

const TICKS_PER_SECOND = 100;

/** Reads /proc. The gateway forks nothing, so its own process is all it costs. */
export function processCost(pid: number): ProcessCost {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const rssKib = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  return { cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND, rssMib: rssKib / 1024 };
}
