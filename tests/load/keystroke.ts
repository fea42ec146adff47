import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSsh, type LoadClient } from './client.ts';
import type { Measure } from './rounds.ts';
import { percentile } from './statistics.ts';

/** Microseconds from a key's byte going into `ssh` until its echo comes out, through a terminal on the server that echoes raw. */
export const measureKeystroke = (client: LoadClient, keys: number): Measure => async (path) => {
  const child = startSsh(client, path, ['-tt', 'target', 'stty raw -echo; printf READY; exec cat']);
  child.stderr.resume();
  for (let shown = ''; !shown.includes('READY'); ) shown += String((await once(child.stdout, 'data'))[0]);
  await sleep(200);
  const samples: number[] = [];
  for (let key = 0; key < keys; key++) {
    const begin = performance.now();
    child.stdin.write('x');
    await once(child.stdout, 'data');
    samples.push((performance.now() - begin) * 1000);
    await sleep(2);
  }
  child.kill();
  await once(child, 'close');
  return { 'key p50': percentile(samples, 0.5), 'key p99': percentile(samples, 0.99) };
};
