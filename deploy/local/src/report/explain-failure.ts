import { statfs } from 'node:fs/promises';
import { DiskFull } from '../local.errors.js';

/** PostgreSQL's cluster, NATS' streams, keys and logs, measured, with room for the first sessions. */
const FIRST_START_MEGABYTES = 200;
const MEGABYTE = 1_000_000;

/** Returns the error to show for a failed start: a full disk makes every part complain in a text of its own. */
export async function explainFailure(error: unknown, dataPath: string): Promise<unknown> {
  const isFull = /no space left on device|disk quota exceeded|\bENOSPC\b|\bEDQUOT\b/i.test(String(error));
  if (!isFull) return error;
  const disk = await statfs(dataPath).catch(() => undefined);
  const free = disk === undefined ? 0 : Math.floor((disk.bavail * disk.bsize) / MEGABYTE);
  return new DiskFull(dataPath, free, FIRST_START_MEGABYTES, error);
}
