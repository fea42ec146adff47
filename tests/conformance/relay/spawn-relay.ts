import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { RelayServerOptions } from './start-relay.ts';

/** A relay in another process. */
export interface RelayProcess {
  readonly port: number;
  /** What it holds now, after a garbage collection, and how many clients are connected. */
  measure(): Promise<{ readonly rssBytes: number; readonly connections: number }>;
  stop(): Promise<void>;
}

/** Starts it and waits until it listens. */
export async function spawnRelay(options: RelayServerOptions): Promise<RelayProcess> {
  const child = fork(fileURLToPath(new URL('relay-process.ts', import.meta.url)), [JSON.stringify(options)], { execArgv: ['--expose-gc'] });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    port,
    measure: async () => {
      const reply = once(child, 'message');
      child.send('measure');
      return ((await reply) as [{ rssBytes: number; connections: number }])[0];
    },
    stop: async () => {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
