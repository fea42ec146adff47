// Installs schemathesis and openapi-spec-validator, which tests/rest runs, in a virtual environment. May be run repeatedly.
//   node tests/rest/install.mjs
// Python's module venv is a Debian package, which `npm test` installs. Plain JavaScript without packages, as tests/conformance/install.mjs.
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { PYTHON } from '../../deploy/local/bootstrap/python.mjs';
import { run, say } from '../../deploy/local/bootstrap/shell.mjs';
import { REQUIREMENTS, toolFolder, toolPath } from './tools.mjs';

if (!existsSync(toolPath('schemathesis'))) {
  process.once('exit', (code) => {
    if (code !== 0) rmSync(toolFolder(), { recursive: true, force: true }); // a half-made environment
  });
  say('installing schemathesis and openapi-spec-validator from PyPI');
  rmSync(toolFolder(), { recursive: true, force: true });
  mkdirSync(toolFolder(), { recursive: true });
  await run('making a virtual environment', PYTHON, ['-m', 'venv', '--copies', toolFolder()]);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS];
  await run('installing from PyPI', toolPath('python3'), pip);
}
