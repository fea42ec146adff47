// Paths of the programs of this lane.
import { join } from 'node:path';
import { cacheFolder } from '../../deploy/local/bootstrap/cache-folder.mjs';

/** Returns the folder that Debian's package is unpacked into. */
export const toolFolder = () => join(cacheFolder(), 'observability', 'prometheus');

/** Returns the path of `prometheus` or `promtool`. */
export const toolPath = (name) => join(toolFolder(), 'usr', 'bin', name);
