// Where install.mjs puts the clients, and where the tests find them. A changed list of versions or source is another place.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));

/** The cache folder of the house: SALLYPORT_CACHE, else /var/cache/sallyport for root, ~/.cache/sallyport for others. */
function cacheFolder() {
  const isRoot = process.getuid?.() === 0;
  return process.env.SALLYPORT_CACHE || (isRoot ? '/var/cache/sallyport' : join(homedir(), '.cache', 'sallyport'));
}

/** Paths of everything that is not a Debian package. */
export function clientPlaces() {
  const folder = join(cacheFolder(), 'conformance');
  const venv = join(folder, `python-${fingerprint(['clients/requirements.txt'])}`);
  return {
    folder,
    venv,
    python: join(venv, 'bin/python3'),
    goClient: join(folder, `go-client-${fingerprint(['clients/go/go.mod', 'clients/go/go.sum', 'clients/go/main.go'])}`),
  };
}

function fingerprint(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(join(HERE, file)));
  return hash.digest('hex').slice(0, 12);
}
