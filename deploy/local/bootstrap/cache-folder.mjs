import { homedir } from 'node:os';
import { join } from 'node:path';
import { isRoot } from './shell.mjs';

/** Returns the folder of what is downloaded once: SALLYPORT_CACHE, else /var/cache/sallyport for root, ~/.cache/sallyport for other users. */
export const cacheFolder = () => process.env.SALLYPORT_CACHE || (isRoot ? '/var/cache/sallyport' : join(homedir(), '.cache', 'sallyport'));
