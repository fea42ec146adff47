import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { RelayServerOptions } from './start-relay.ts';

/** The memory of a relay after a garbage collection. */
export interface RelaySize {
  /** Resident memory, including the memory that V8 keeps for later use. */
  readonly rssBytes: number;
  /** Memory in use. */
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

/** Starts the process and waits until it listens. */
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
