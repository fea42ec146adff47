import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { RelayServerOptions } from './start-relay.ts';

/** After a garbage collection. */
export interface RelaySize {
  /** What the operating system has given; what V8 keeps for the next burst counts. */
  readonly rssBytes: number;
  /** What is in use. */
  readonly liveBytes: number;
  /** Clients that are connected. */
  readonly connections: number;
}

/** A relay in another process. */
export interface RelayProcess {
  readonly port: number;
  measure(): Promise<RelaySize>;
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
      return ((await reply) as [RelaySize])[0];
    },
    stop: async () => {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
