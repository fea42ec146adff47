import { claimIfFree, claimPort, freePort, requireLoopback } from '@sallyport/backing';
import { readFile } from 'node:fs/promises';
import type { DataFolder } from '../data/data-folder.js';
import { replaceFile } from '../data/keep-file.js';
import type { Options } from '../options.js';

/** Usual ports of the services among themselves; used if they are free. */
export const USUAL_PORTS = {
  coreRpc: 7401,
  recorderRpc: 7403,
  indexerRpc: 7404,
  coreHealth: 7411,
  gatewayHealth: 7412,
  recorderHealth: 7413,
  indexerHealth: 7414,
  workerHealth: 7415,
} as const;

type InnerPort = keyof typeof USUAL_PORTS;
type BackingPort = 'postgres' | 'nats' | 's3' | 'elasticsearch' | 'demoAsset';

/** Every port of one run; the same after a part was started again. */
export type Ports = Readonly<Record<InnerPort | BackingPort | 'http' | 'ssh', number>>;

/**
 * Chooses the ports. The two that users connect to must be the requested ones. Of the others each is the usual one if it is free, so that
 * two installations run side by side.
 * @throws PortTaken, PortNotAllowed, LoopbackMissing, PortUnusable
 */
export async function choosePorts(
  options: Options,
  data: DataFolder,
  usualPorts: Readonly<Record<InnerPort, number>> = USUAL_PORTS,
): Promise<Ports> {
  await requireLoopback();
  const http = await claimPort('REST', options.httpPort, 'choose another with --http-port N');
  const ssh = await claimPort('SSH', options.sshPort, 'choose another with --ssh-port N');
  const inner = await Promise.all(Object.entries(usualPorts).map(async ([name, usual]) => [name, await usualOrFree(usual)] as const));
  const backing = {
    postgres: await freePort(),
    nats: await freePort(),
    s3: await freePort(),
    elasticsearch: await freePort(),
    demoAsset: await lastOrFree(data),
  };
  return { http, ssh, ...backing, ...(Object.fromEntries(inner) as Record<InnerPort, number>) };
}

async function usualOrFree(usual: number): Promise<number> {
  return (await claimIfFree(usual)) ? usual : freePort();
}

/** Returns the demo asset's last port if it is free, because users may have noted it; else a free one. */
async function lastOrFree(data: DataFolder): Promise<number> {
  const file = data.in('demo-asset-port');
  const last = Number(await readFile(file, 'utf8').catch(() => ''));
  if (last > 0 && (await claimIfFree(last))) return last;
  const port = await freePort();
  await replaceFile(file, String(port));
  return port;
}
