import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const PRODUCT = [
  'package.json',
  'pnpm-lock.yaml',
  'pnpm-workspace.yaml',
  'tsconfig.base.json',
  '.dockerignore',
  'deploy/docker',
  'libs',
  'services',
];
const STAND_INS = ['tests/cluster/images', 'deploy/docker/base-image.mjs', 'libs/backing/package.json', 'libs/backing/src', 'package.json'];
const NOT_IN_IMAGES = /\.(test|suite)\.ts$|\.md$|^libs\/(backing|testkit)\/src\/|\/test(data)?\//;

/** Computes a digest of what the product's images are made of. */
export const digestOfProduct = () => digest(filesIn(PRODUCT).filter((file) => !NOT_IN_IMAGES.test(file)));

/** Computes a digest of what the stand-ins are made of. */
export const digestOfStandIns = () => digest(filesIn(STAND_INS));

/** Lists tracked and new files, without those that git ignores. */
function filesIn(places) {
  const { stdout } = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z', '--', ...places], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout.split('\0').filter((file) => file !== '' && existsSync(join(ROOT, file)));
}

function digest(files) {
  const hash = createHash('sha256');
  for (const file of files.toSorted())
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(ROOT, file)))
      .update('\0');
  return hash.digest('hex');
}
