import { timeClient, type LoadClient } from './client.ts';
import type { Spending } from './process-cost.ts';
import type { Measure } from './rounds.ts';

/** Measures the milliseconds from the start of `ssh` until `true` has run and `ssh` has ended. */
export const measureLogin =
  (client: LoadClient): Measure =>
  async (path) => ({ 'login p50 ms': await timeClient(client, path, 'ssh', ['target', 'true']) });

/** Measures logins/s with `parallel` clients at once, and CPU milliseconds per login of the processes between client and target. */
export const measureLoginRate =
  (client: LoadClient, spending: Spending, logins: number, parallel: number): Measure =>
  async (path) => {
    let left = logins;
    const worker = async (): Promise<void> => {
      while (left-- > 0) await timeClient(client, path, 'ssh', ['target', 'true']);
    };
    const [begin, before] = [performance.now(), spending(path)];
    await Promise.all(Array.from({ length: parallel }, worker));
    const seconds = (performance.now() - begin) / 1000;
    return { [`logins/s x${parallel}`]: logins / seconds, 'CPU ms per login': ((spending(path) - before) * 1000) / logins };
  };
