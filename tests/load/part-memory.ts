import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Part } from './part-costs.ts';
import { familyOf } from './process-cost.ts';

/** Parts that a real place has elsewhere: a database server of its own, and its own hosts. */
const ELSEWHERE = new Set(['postgres', 'demo-asset']);
/** Time after which an idle part has given back what its start needed. */
const SETTLE_MS = 60_000;
const KIB_PER_MB = 1000 / 1.024;

/** Prints the memory of each process of the idle product, and its sum without the database and the demo asset. Shared pages count once (PSS). */
export async function measurePartMemory(parts: readonly Part[]): Promise<void> {
  await sleep(SETTLE_MS);
  const each = parts.map(({ name, pid }) => ({ name, processes: familyOf(pid).map(proportionalMb) }));
  for (const { name, processes } of each) {
    console.log(`PSS of ${name.padEnd(12)} ${sumOf(processes).padStart(6)} MB  ${processes.map((mb) => mb.toFixed(0)).join(' + ')}`);
  }
  const own = each.filter(({ name }) => !ELSEWHERE.has(name)).flatMap(({ processes }) => processes);
  console.log(`PSS of the idle product without ${[...ELSEWHERE].join(' and ')}: ${sumOf(own)} MB`);
}

const sumOf = (values: readonly number[]): string => values.reduce((sum, value) => sum + value, 0).toFixed(0);

function proportionalMb(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / KIB_PER_MB;
  } catch {
    return 0; // the process has ended
  }
}
