// Regenerates libs/proto-gen/src/gen from proto/. CI runs it and fails on any difference.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

const here = path.dirname(fileURLToPath(import.meta.url));
const bin = path.join(here, '..', 'node_modules', '.bin');
const env = { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH}` };
for (const args of [['lint'], ['generate']]) {
  const { status } = spawnSync(path.join(bin, 'buf'), args, { cwd: here, stdio: 'inherit', env });
  if (status !== 0) process.exit(status ?? 1);
}
