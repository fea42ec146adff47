import { timeClient, type LoadClient } from './client.ts';
import type { Measure } from './rounds.ts';

/** Milliseconds from starting `ssh` until `true` has run and `ssh` has ended. */
export const measureLogin = (client: LoadClient): Measure => async (path) => ({ 'login + exec': await timeClient(client, 'ssh', ['-F', client.configFiles[path], 'target', 'true']) });

/** Logins a second with `parallel` clients at once. */
export const measureLoginRate = (client: LoadClient, logins: number, parallel: number): Measure => async (path) => {
  let left = logins;
  const worker = async (): Promise<void> => {
    while (left-- > 0) await timeClient(client, 'ssh', ['-F', client.configFiles[path], 'target', 'true']);
  };
  const begin = performance.now();
  await Promise.all(Array.from({ length: parallel }, worker));
  return { [`logins/s x${parallel}`]: logins / ((performance.now() - begin) / 1000) };
};
