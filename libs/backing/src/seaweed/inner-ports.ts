import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../network/free-port.js';
import { listenProblem } from '../network/listen-problem.js';

const NAMES = ['master', 'masterGrpc', 'volume', 'volumeGrpc', 'filer', 'filerGrpc', 's3Grpc'] as const;

/** Ports that SeaweedFS's own components use among themselves. */
export type InnerPorts = Record<(typeof NAMES)[number], number>;

/** Returns the ports of the last start if they are still free: the master's saved state knows its peers by address. */
export async function innerPorts(directory: string): Promise<InnerPorts> {
  const file = join(directory, 'inner-ports.json');
  const kept = await readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as InnerPorts,
    () => undefined,
  );
  if (kept !== undefined && (await allFree(Object.values(kept)))) return kept;
  const ports = await choosePorts();
  await writeFile(file, JSON.stringify(ports));
  return ports;
}

async function choosePorts(): Promise<InnerPorts> {
  const chosen = new Set<number>();
  while (chosen.size < NAMES.length) chosen.add(await freePort());
  const ports = [...chosen];
  return Object.fromEntries(NAMES.map((name, index) => [name, ports[index]])) as InnerPorts;
}

async function allFree(ports: number[]): Promise<boolean> {
  return (await Promise.all(ports.map(listenProblem))).every((problem) => problem === undefined);
}
