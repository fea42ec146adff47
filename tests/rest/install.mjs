// Installs schemathesis and openapi-spec-validator, which tests/rest runs, in a virtual environment. May be run repeatedly.
//   node tests/rest/install.mjs
// Python's module venv is a Debian package, which requires root. Plain JavaScript without packages, as tests/conformance/install.mjs.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { REQUIREMENTS, toolFolder, toolPath } from './tools.mjs';

const PYTHON = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
/** It is installed last, so that a half-made environment is made again. */
const LAST = toolPath('schemathesis');

if (!existsSync(LAST)) {
  if (!runs(PYTHON, ['-c', 'import venv, ensurepip'])) installVenv();
  console.log('installing schemathesis and openapi-spec-validator from PyPI');
  rmSync(toolFolder(), { recursive: true, force: true });
  mkdirSync(toolFolder(), { recursive: true });
  run(PYTHON, ['-m', 'venv', '--copies', toolFolder()]);
  run(toolPath('python3'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS]);
}

function installVenv() {
  if (process.getuid?.() !== 0) stop('Missing programs. Install them as root: apt-get install --no-install-recommends python3-venv');
  const patience = ['-qq', '-o', 'DPkg::Lock::Timeout=300'];
  run('apt-get', ['update', ...patience]);
  run('apt-get', ['install', '-y', '--no-install-recommends', ...patience, 'python3-venv']);
}

function runs(file, args) {
  return spawnSync(file, args, { stdio: 'ignore' }).status === 0;
}

function run(file, args) {
  const { status, error } = spawnSync(file, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status !== 0) stop(`${file} ${args.join(' ')} failed${error === undefined ? ` with status ${status}` : `: ${error.message}`}`);
}

function stop(message) {
  rmSync(LAST, { force: true });
  console.error(message);
  process.exit(1);
}
