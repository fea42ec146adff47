import { timeClient, type LoadClient } from './client.ts';
import type { Spending } from './process-cost.ts';
import type { Measure, PathName } from './rounds.ts';

/** Client, cost counter and files of the bulk transfers. */
export interface BulkPlan {
  readonly client: LoadClient;
  readonly spending: Spending;
  readonly mib: number;
  /** A file of `mib` MiB here… */
  readonly localFile: string;
  /** …and one at the target. */
  readonly remoteFile: string;
}

/** Measures a stream from the target and one to it: MiB/s, and CPU seconds per GiB of the processes between client and target. */
export const measureStream =
  (plan: BulkPlan): Measure =>
  async (path) => ({
    ...(await timed(plan, path, 'bulk down', () => timeClient(plan.client, path, 'ssh', ['target', `head -c ${plan.mib}M /dev/zero`]))),
    ...(await timed(plan, path, 'bulk up', () => timeClient(plan.client, path, 'ssh', ['target', 'cat > /dev/null'], plan.localFile))),
  });

/** Measures the same with scp, which speaks SFTP since OpenSSH 9. */
export const measureScp =
  (plan: BulkPlan): Measure =>
  async (path) => ({
    ...(await timed(plan, path, 'scp get', () => timeClient(plan.client, path, 'scp', ['-q', `target:${plan.remoteFile}`, '/dev/null']))),
    ...(await timed(plan, path, 'scp put', () =>
      timeClient(plan.client, path, 'scp', ['-q', plan.localFile, `target:${plan.remoteFile}.put`]),
    )),
  });

async function timed(plan: BulkPlan, path: PathName, name: string, transfer: () => Promise<number>): Promise<Record<string, number>> {
  const before = plan.spending(path);
  const milliseconds = await transfer();
  const spent = plan.spending(path) - before;
  return { [`${name} MiB/s`]: plan.mib / (milliseconds / 1000), [`${name} CPU-s/GiB`]: spent / (plan.mib / 1024) };
}
