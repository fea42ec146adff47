import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { buildProgress } from './build-progress.mjs';
import { hasTool, ROOT, run, say, stop } from './shell.mjs';

const PNPM = 'pnpm@12.21.0';

/** The Node 24 that the lockfile pins. */
export const NODE = join(ROOT, 'node_modules/.bin/node');

const ADDON = join(ROOT, 'libs/ssh/native/build/sallyport_ssh.node');

const STAMP = join(ROOT, 'node_modules/.sallyport-installed');

/** Installs packages if the lockfile or a manifest has changed since the last time. */
export async function install() {
  const wanted = fingerprint();
  if (!existsSync(STAMP) || !existsSync(NODE) || readFileSync(STAMP, 'utf8') !== wanted) await installPackages(wanted);
  await buildAddon();
}

async function installPackages(wanted) {
  if (!hasTool('npx')) stop('npx was not found: install npm (Debian: apt-get install npm)');
  say(`installing packages with ${PNPM}: about 850 MB on disk with the build, some minutes on a slow machine`);
  await run('pnpm install', 'npx', ['-y', PNPM, 'install', '--frozen-lockfile']);
  if (!existsSync(NODE)) stop(`No Node 24 for this machine (${process.platform} ${process.arch}): x64 and arm64 are served`);
  writeFileSync(STAMP, wanted);
}

/** Builds the native crypto if the installation could not and a C compiler has come since. */
async function buildAddon() {
  if (existsSync(ADDON)) return;
  if (!hasTool(process.env.CC || 'cc'))
    return say(
      'no C compiler here: SSH runs on slower crypto without chacha20-poly1305 (Debian: apt-get install gcc libc6-dev, then start again)',
    );
  say('building the native crypto');
  await run('the build of the native crypto', NODE, [join(ROOT, 'libs/ssh/native/build.mjs')]);
}

/** Compiles the changed files; the compiler finds them. */
export async function build() {
  say('building');
  const progress = buildProgress(ROOT, { say, print: console.log });
  const stillBuilding = setInterval(() => say('still building'), 15_000);
  await run('the build', NODE, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-b', '--verbose'], {
    env: withNode(),
    onOutput: (chunk) => {
      stillBuilding.refresh();
      progress.write(chunk);
    },
  });
  clearInterval(stillBuilding);
  progress.end();
}

/** Downloads and builds what the tests will start, so that no test waits for a download. */
export async function fetchForTests(lanes) {
  const isWanted = (...names) => lanes.length === 0 || names.some((name) => lanes.includes(name));
  if (isWanted('int', 'e2e')) await run('downloading what the tests start', NODE, [join(ROOT, 'deploy/local/dist/fetch-for-tests.js')]);
  if (isWanted('conformance'))
    await run('installing the SSH clients and servers of tests/conformance', NODE, [join(ROOT, 'tests/conformance/install.mjs')]);
  if (isWanted('observability'))
    await run('installing Prometheus for tests/observability', NODE, [join(ROOT, 'tests/observability/install.mjs')]);
  if (lanes.includes('images')) await run('making what the images are built with', NODE, [join(ROOT, 'tests/images/install.mjs')]);
  if (isWanted('rest')) await run('installing what tests/rest checks the REST API with', NODE, [join(ROOT, 'tests/rest/install.mjs')]);
}

function withNode() {
  return { PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}` };
}

/** Computes a digest of the files that decide what pnpm installs and what its install scripts build. */
function fingerprint() {
  const hash = createHash('sha256');
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests(), ...nativeSources()])
    hash.update(file).update(readFileSync(join(ROOT, file)));
  return hash.digest('hex');
}

function manifests() {
  const packages = ['libs', 'services'].flatMap((folder) => readdirSync(join(ROOT, folder)).map((name) => join(folder, name)));
  return ['.', 'deploy/local', 'tests', ...packages]
    .map((folder) => join(folder, 'package.json'))
    .filter((file) => existsSync(join(ROOT, file)));
}

function nativeSources() {
  const folder = 'libs/ssh/native';
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder))
    .filter((name) => /\.[ch]$/.test(name))
    .map((name) => join(folder, name));
}
