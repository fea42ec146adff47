import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { freePort } from '@sallyport/testkit';

/** Options of engine-gateway.ts, passed as JSON. */
export interface EngineGatewayOptions {
  readonly targetPort: number;
  readonly targetUser: string;
  /** A private key that logs in at the gateway, and the gateway at the target. */
  readonly keyFile: string;
  readonly crypto: 'auto' | 'native' | 'js';
  /** True: a tap computes the SHA-256 of all data. */
  readonly isHashing: boolean;
  readonly port?: number;
}

/** A gateway process of the engine alone. */
export interface EngineGateway {
  readonly port: number;
  readonly pid: number;
  /** The implementation of the packet ciphers. */
  readonly crypto: string;
  /** Returns how often its event loop was blocked for more than 50 ms since it listens. */
  loopBlocks(): number;
  stop(): Promise<void>;
}

/** Starts the gateway and waits until it listens. `nodeFlags` go to its Node, e.g. `--cpu-prof`. */
export async function startEngineGateway(options: EngineGatewayOptions, nodeFlags: readonly string[] = []): Promise<EngineGateway> {
  const settings = JSON.stringify({ ...options, port: await freePort() });
  const child = spawn(process.execPath, ['--expose-gc', ...nodeFlags, path.join(import.meta.dirname, 'engine-gateway.ts'), settings], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit').then(([code]): never => {
    throw new Error(`The engine's gateway ended with ${String(code)}`);
  });
  const [line] = (await Promise.race([once(child.stdout, 'data'), ended])) as [Buffer];
  const [, port, crypto] = /^listening (\d+) (.*)/.exec(line.toString()) ?? [];
  ended.catch(() => undefined);
  let blocks = 0;
  child.stdout.on('data', (text: Buffer) => (blocks += text.toString().split('blocked').length - 1));
  return {
    port: Number(port),
    pid: child.pid ?? 0,
    crypto: crypto ?? '',
    loopBlocks: () => blocks,
    stop: async () => {
      child.kill('SIGTERM');
      await ended.catch(() => undefined);
    },
  };
}
