// Paths of the Python programs of this lane. Another list of versions results in another folder.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const REQUIREMENTS = fileURLToPath(new URL('requirements.txt', import.meta.url));

/** Returns the folder of the virtual environment: below SALLYPORT_CACHE, else /var/cache/sallyport for root, ~/.cache/sallyport for other users. */
export function toolFolder() {
  const own = process.getuid?.() === 0 ? '/var/cache/sallyport' : join(homedir(), '.cache', 'sallyport');
  const versions = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 12);
  return join(process.env.SALLYPORT_CACHE || own, 'rest', `python-${versions}`);
}

/** Returns the path of a program in it. */
export const toolPath = (name) => join(toolFolder(), 'bin', name);
