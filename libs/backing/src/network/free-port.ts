import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { PortTaken } from '../part.errors.js';
import { reservePort } from './reserve-port.js';

/** Below the ephemeral range (32768), where outgoing connections use ports; also after SeaweedFS has added 10000 for gRPC. */
const LOWEST = 10_000;
const BEYOND = 22_000;

/** Returns true if 127.0.0.1:`port` can be listened on now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Returns an unused port on 127.0.0.1, reserved for this process: a second call returns another one. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST, BEYOND);
    if (given.has(port) || !(await isPortFree(port)) || !(await reservePort(port))) continue;
    given.add(port);
    return port;
  }
}

const given = new Set<number>();

/**
 * Returns `wanted` if it is free, or any free port without `wanted`. Reserves it for this process unless another process has.
 * @throws PortTaken
 */
export async function claimPort(name: string, wanted: number | undefined, hint = 'choose another port'): Promise<number> {
  if (wanted === undefined) return freePort();
  if (!(await isPortFree(wanted))) throw new PortTaken(name, wanted, hint);
  await reservePort(wanted); // the process that chose it for us, such as a test, may hold it
  return wanted;
}
