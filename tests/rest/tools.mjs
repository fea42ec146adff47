// Paths of the Python programs of this lane. Another list of versions results in another folder.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../../deploy/local/bootstrap/cache-folder.mjs';

export const REQUIREMENTS = fileURLToPath(new URL('requirements.txt', import.meta.url));

/** Returns the folder of the virtual environment. */
export function toolFolder() {
  const versions = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 12);
  return join(cacheFolder(), 'rest', `python-${versions}`);
}

/** Returns the path of a program in it. */
export const toolPath = (name) => join(toolFolder(), 'bin', name);
