// From a fresh clone to a running product or a tested one. Plain JavaScript without packages: it runs before anything is installed, on the
// system's Node (20 or newer). Everything after it runs on the Node 24 that it installs.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setInterval } from 'node:timers';
import { requireForStart, requireForTests } from './bootstrap/debian.mjs';
import { build, fetchForTests, install, NODE } from './bootstrap/install.mjs';
import { OptionProblem, readOptions, USAGE } from './bootstrap/options.mjs';
import { elapsedMs, ROOT, say, stop } from './bootstrap/shell.mjs';

const [command, ...args] = process.argv.slice(2);

if (Number(process.versions.node.split('.')[0]) < 20)
  stop(`Node ${process.versions.node} is too old: Sallyport needs 20 or newer to install its own`);
if (process.platform !== 'linux') stop('Sallyport runs on Linux');

if (command === 'start') await start();
else if (command === 'test') await test();
else stop('use "npm start" or "npm test"');

async function start() {
  const options = checkedOptions();
  if (options === 'help') return console.log(USAGE);
  await requireForStart(options);
  await install();
  await build();
  say('starting');
  await runInPlace(join(ROOT, 'deploy/local/dist/main.js'), [...args, '--elapsed-ms', String(elapsedMs())]);
}

/** Reads the options before minutes of installing and building. */
function checkedOptions() {
  try {
    return readOptions(args);
  } catch (error) {
    if (error instanceof OptionProblem) stop(error.message);
    throw error;
  }
}

async function test() {
  await requireForTests(args);
  await install();
  await build();
  await fetchForTests(args);
  await runInPlace(join(ROOT, 'tests/check.mjs'), args);
}

/**
 * Runs a program of ours in place of this process. It receives our signals and ends with us, also when we are killed; its exit code is
 * ours.
 */
function runInPlace(program, args) {
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', '--', NODE, program, ...args], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  stopWithNpm(child);
  return new Promise((resolve) => {
    child.once('error', () => stop('setpriv was not found: install the package util-linux'));
    child.once('exit', (code) => {
      process.exitCode = code ?? 1;
      resolve();
    });
  });
}

/**
 * Stops the child if npm ends. npm passes a SIGTERM to the shell between us, which ends without passing it on; then our parent process is
 * another one.
 */
function stopWithNpm(child) {
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event !== undefined) setInterval(() => process.ppid === parent || child.kill('SIGTERM'), 500).unref();
}
