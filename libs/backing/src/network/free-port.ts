import { randomInt } from 'node:crypto';
import { listenProblem, portError } from './listen-problem.js';
import { reservePort } from './reserve-port.js';

/** Below the ephemeral range (32768), where outgoing connections use ports; also after SeaweedFS has added 10000 for gRPC. */
const LOWEST = 10_000;
const BEYOND = 22_000;

/** Ports that this process has chosen or claimed. */
const given = new Set<number>();

/**
 * Claims a port for this process if it is free here and no installation has chosen it.
 * @throws LoopbackMissing, PortUnusable if the system refuses for a reason that every port has
 */
export async function claimIfFree(port: number): Promise<boolean> {
  if (given.has(port)) return false;
  const problem = await listenProblem(port);
  if (problem?.code === 'EADDRINUSE' || problem?.code === 'EACCES') return false;
  if (problem !== undefined) throw portError('a part', port, '', problem);
  if (given.has(port) || !(await reservePort(port))) return false;
  given.add(port);
  return true;
}

/**
 * Returns an unused port on 127.0.0.1, reserved for this process: a second call returns another one.
 * @throws LoopbackMissing, PortUnusable
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST, BEYOND);
    if (await claimIfFree(port)) return port;
  }
}

/**
 * Returns `wanted` if it is free, or any free port without `wanted`. Reserves it for this process unless another process has.
 * @throws PortTaken, PortNotAllowed, LoopbackMissing, PortUnusable
 */
export async function claimPort(name: string, wanted: number | undefined, hint = 'choose another port'): Promise<number> {
  if (wanted === undefined) return freePort();
  const problem = await listenProblem(wanted);
  if (problem !== undefined) throw portError(name, wanted, hint, problem);
  await reservePort(wanted); // the process that chose it for us, such as a test, may hold it
  given.add(wanted);
  return wanted;
}
