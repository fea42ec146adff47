import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSsh, startUnheard, type LoadClient } from './client.ts';
import type { Measure, PathName } from './rounds.ts';
import { percentile } from './statistics.ts';

/** A command at the target that sends without end, on a second connection of the same path. */
export interface Neighbour {
  readonly name: string;
  readonly command: string | undefined;
}

/** Writes 100 kB a thousand times a second. */
const PACED = `perl -MTime::HiRes=time,sleep -e '$b="x"x100000;$t=time;for($n=1;;$n++){syswrite STDOUT,$b;$d=$t+$n/1000-time;sleep $d if $d>0}'`;

/** No neighbour, one that takes all the bandwidth, one that receives 100 MB/s. */
export const NEIGHBOURS: readonly Neighbour[] = [
  { name: 'key idle', command: undefined },
  { name: 'key beside bulk', command: 'cat /dev/zero' },
  { name: 'key beside 100 MB/s', command: PACED },
];

/** Measures the microseconds from a key's byte entering `ssh` until its echo leaves it. The terminal on the target echoes in raw mode. */
export const measureKeystroke =
  (client: LoadClient, keys: number, neighbour: Neighbour): Measure =>
  async (path) => {
    const stopNeighbour = await startNeighbour(client, path, neighbour);
    const child = startSsh(client, path, ['-tt', 'target', 'stty raw -echo; printf READY; exec cat']);
    child.stderr.resume();
    const output = outputOf(child);
    for (let shown = ''; !shown.includes('READY'); ) shown += await output();
    await sleep(200);
    const samples: number[] = [];
    for (let key = 0; key < keys; key++) {
      const begin = performance.now();
      child.stdin.write('x');
      await output();
      samples.push((performance.now() - begin) * 1000);
      await sleep(2);
    }
    child.kill();
    await once(child, 'close');
    await stopNeighbour();
    return { [`${neighbour.name} p50`]: percentile(samples, 0.5), [`${neighbour.name} p99`]: percentile(samples, 0.99) };
  };

/** The client ended before the measurement did. */
export class ShutOut extends Error {
  override readonly name = 'ShutOut';
}

/** Returns a function that resolves to the next output of a client. It rejects with ShutOut once the client has ended. */
function outputOf(child: ChildProcessWithoutNullStreams): () => Promise<string> {
  const ended = once(child, 'close').then(() => Promise.reject(new ShutOut('the client ended before the measurement did')));
  ended.catch(() => undefined);
  return async () => String((await Promise.race([once(child.stdout, 'data'), ended]))[0]);
}

async function startNeighbour(client: LoadClient, path: PathName, { command }: Neighbour): Promise<() => Promise<void>> {
  if (command === undefined) return () => Promise.resolve();
  const child = startUnheard(client, path, ['target', command]);
  await sleep(500);
  return async () => {
    child.kill();
    await once(child, 'close');
  };
}
