import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { timeClient, type LoadClient } from './client.ts';
import { measureKeystroke, NEIGHBOURS } from './keystroke.ts';
import { cpuSeconds, familyOf } from './process-cost.ts';

/** A service or store of the product. */
export interface Part {
  readonly name: string;
  readonly pid: number;
}

/** CPU milliseconds and wake-ups (voluntary context switches) of a part. */
interface Cost {
  readonly ms: number;
  readonly wakeUps: number;
}

const LOGINS = 160;
const WARM_UP = 80;
const KEYS = 300;
/** Time in which the parts store and publish what the load has left behind. */
const SETTLE_MS = 3_000;

/** Prints the CPU time and wake-ups of each part per login, per GiB of recorded output and per key, without those of an idle product. */
export async function measurePartCosts(client: LoadClient, parts: readonly Part[], mib: number): Promise<void> {
  await logins(client, WARM_UP);
  const idle = await costOf(parts, () => sleep(10_000));
  const show = async (load: string, times: number, work: () => Promise<unknown>): Promise<void> => {
    const begin = performance.now();
    const spent = await costOf(parts, async () => void (await work(), await sleep(SETTLE_MS)));
    const idleShare = (performance.now() - begin) / 10_000;
    const each = parts.map(({ name }, at) => {
      const ms = (spent[at]!.ms - idle[at]!.ms * idleShare) / times;
      return `${name} ${ms.toFixed(ms < 10 ? 2 : 0)} (${((spent[at]!.wakeUps - idle[at]!.wakeUps * idleShare) / times).toFixed(1)})`;
    });
    const sum = spent.reduce((total, { ms }, at) => total + ms - idle[at]!.ms * idleShare, 0) / times;
    console.log(`CPU ms (wake-ups) per ${load}: ${each.join('  ')}  all ${sum.toFixed(1)}`);
  };
  console.log(
    `idle, CPU ms (wake-ups) per second: ${parts.map(({ name }, at) => `${name} ${(idle[at]!.ms / 10).toFixed(1)} (${(idle[at]!.wakeUps / 10).toFixed(0)})`).join('  ')}`,
  );
  await show('login', LOGINS, () => logins(client, LOGINS));
  await show('GiB of output', mib / 1024, () => timeClient(client, 'gateway', 'ssh', ['target', `head -c ${mib}M /dev/zero`]));
  await show('key', KEYS, () => measureKeystroke(client, KEYS, NEIGHBOURS[0]!)('gateway'));
}

async function logins(client: LoadClient, count: number): Promise<void> {
  let left = count;
  const worker = async (): Promise<void> => {
    while (left-- > 0) await timeClient(client, 'gateway', 'ssh', ['target', 'true']);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}

async function costOf(parts: readonly Part[], work: () => Promise<unknown>): Promise<Cost[]> {
  const before = parts.map(spentBy);
  await work();
  return parts.map((part, at) => {
    const now = spentBy(part);
    return { ms: now.ms - before[at]!.ms, wakeUps: now.wakeUps - before[at]!.wakeUps };
  });
}

const spentBy = ({ pid }: Part): Cost => ({
  ms: cpuSeconds(pid) * 1000,
  wakeUps: familyOf(pid).reduce((sum, each) => sum + wakeUpsOf(each), 0),
});

/** Returns the voluntary context switches of all threads of a process. */
function wakeUpsOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => {
      const status = readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8');
      return sum + Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1] ?? 0);
    }, 0);
  } catch {
    return 0; // the process or a thread has ended
  }
}
