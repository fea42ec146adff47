// Paths of the clients, for install.mjs and the tests. A changed list of versions or source code results in another path.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../../deploy/local/bootstrap/cache-folder.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));

/** Returns the paths of everything that is not a Debian package. */
export function clientPaths() {
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
