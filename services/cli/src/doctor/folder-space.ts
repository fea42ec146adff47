import { statfs } from 'node:fs/promises';
import { fault, ok, warning, type Finding } from './check.js';

const MIB = 1024 ** 2;
/** Below this a service can't go on for long. */
const LEAST_BYTES = 256 * MIB;
const LOW_PART = 0.1;

/** Returns the state of the disk of a folder. `needed` bytes should fit beside what is there. */
export async function folderSpace(what: string, folder: string, needed: number): Promise<Finding[]> {
  const found = await statfs(folder).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error)
    return [ok(`the folder of the ${what}, "${folder}", is not on this machine (${found.code}), so its disk was not checked`)];
  const free = found.bavail * found.bsize;
  const part = found.bavail / Math.max(1, found.blocks);
  const size = `${Math.floor(free / MIB)} MiB (${Math.round(part * 100)} %) are free for the ${what} in "${folder}"`;
  const fix = 'Free space or enlarge the disk';
  if (free < LEAST_BYTES) return [fault(`only ${size}`, fix)];
  if (free < needed) return [warning(`only ${size}, less than the ${Math.ceil(needed / MIB)} MiB that its setting allows`, fix)];
  return [part < LOW_PART ? warning(`only ${size}`, fix) : ok(size)];
}
