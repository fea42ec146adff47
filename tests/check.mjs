// What CI runs and what a person runs before a commit: lanes, one after the other, all of them or the ones named.
//   node tests/check.mjs               everything
//   node tests/check.mjs unit int      only these
//   node tests/check.mjs fuzz 5000000  so many cases
// Ends with "N passed, N failed": the tests of all test lanes, and one for each other lane. The exit code says the same.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const GENERATED = ['libs/proto-gen/src/gen', 'docs/errors.md', 'docs/rights.md', 'deploy/env'];
const BIN = join(ROOT, 'node_modules', '.bin');
const FUZZERS = ['libs/ssh/src/connection/fuzz', 'libs/ssh/src/sftp/sftp-fuzz.test.ts'];
/** Failures that are named at the end. */
const MAX_NAMED = 30;
const work = mkdtempSync(join(tmpdir(), 'sallyport-check-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));

/** A lane that is right or wrong as a whole: commands (lists of words) or functions like `run`. What they print is shown when they fail. */
const plain =
  (...steps) =>
  async () => {
    for (const step of steps) {
      const { code, output } = await (typeof step === 'function' ? step() : run(step, { isQuiet: true }));
      if (code !== 0) return { passed: 0, failed: 1, output: `${typeof step === 'function' ? step.name : step.join(' ')}\n${output}` };
    }
    return { passed: 1, failed: 0 };
  };

/** A lane of tests: vitest, whose reporter leaves its counts in a file. */
const tests =
  (project, { options = [], env = {} } = {}) =>
  async () => {
    const counts = join(mkdtempSync(join(work, 'lane-')), 'counts.json');
    const { code } = await run(
      ['vitest', 'run', '--project', project, '--reporter', 'default', '--reporter', './tests/closing-line.ts', ...options],
      { env: { TEST_COUNTS_FILE: counts, ...env } },
    );
    const { passed = 0, failed = 0, skipped = 0, failures = [] } = readJson(counts);
    // A run that broke before or after its tests is a failure too, and so is one that had none.
    const isBroken = (code !== 0 && failed === 0) || passed + failed === 0;
    const broke = isBroken ? [`vitest ended with ${code} after ${passed} passed tests`] : [];
    return { passed, failed: failed + broke.length, skipped, failures: [...failures, ...broke], ...(isBroken ? { output: broke[0] } : {}) };
  };

const words = process.argv.slice(2).filter((word) => word !== '--');
const fuzzCases = words.find((word) => /^\d+$/.test(word)) ?? process.env.FUZZ_CASES ?? '200000';

const LANES = {
  format: plain(['npm', 'run', '--silent', 'format:check']),
  lint: plain(['npm', 'run', '--silent', 'lint']),
  types: plain(['npm', 'run', '--silent', 'types']),
  deps: plain(['npm', 'run', '--silent', 'deps']),
  knip: plain(['npm', 'run', '--silent', 'knip']),
  gen: plain(['npm', 'run', '--silent', 'gen'], ['git', 'diff', '--exit-code', '--stat', '--', ...GENERATED], noNewGeneratedFiles),
  buf: plain(['buf', 'lint', 'proto'], noBreakingProto),
  unit: tests('unit'),
  fuzz: tests('unit', { options: ['--maxWorkers', '2', ...FUZZERS], env: { FUZZ_CASES: fuzzCases } }),
  int: tests('int'),
  conformance: tests('conformance'),
  e2e: tests('e2e'),
};

const chosen = words.filter((word) => word !== fuzzCases);
await check(chosen.length > 0 ? chosen : Object.keys(LANES));

async function check(names) {
  const unknown = names.filter((name) => !(name in LANES));
  if (unknown.length > 0) {
    console.error(`No lane is called ${unknown.join(', ')}. There are: ${Object.keys(LANES).join(', ')}`);
    process.exit(2);
  }
  const results = [];
  for (const name of names) results.push({ name, ...(await timed(name)) });
  console.log('');
  for (const { name, seconds, passed, failed } of results)
    console.log(`${failed === 0 ? 'ok    ' : 'FAILED'}  ${name.padEnd(11)} ${seconds.padStart(6)} s  ${passed} passed, ${failed} failed`);
  nameFailures(results);
  const sum = (key) => results.reduce((total, result) => total + (result[key] ?? 0), 0);
  const skipped = sum('skipped');
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exitCode = sum('failed') === 0 ? 0 : 1;
}

/** What failed, by name: whoever reads a long log begins at its end. */
function nameFailures(results) {
  const names = results.flatMap(({ name, failed, failures }) =>
    (failed === 0 ? [] : (failures ?? ['see its output above'])).map((failure) => `${name}  ${failure}`),
  );
  if (names.length === 0) return;
  console.log('\nWhat failed:');
  for (const name of names.slice(0, MAX_NAMED)) console.log(`  ${name}`);
  if (names.length > MAX_NAMED) console.log(`  and ${names.length - MAX_NAMED} more`);
}

async function timed(name) {
  console.log(`\n--- ${name}`);
  const start = performance.now();
  const result = await LANES[name]();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  if (result.output !== undefined) console.log(result.output.trimEnd());
  console.log(`--- ${name}: ${result.failed === 0 ? 'ok' : 'FAILED'} after ${seconds} s`);
  return { ...result, seconds };
}

/** Runs a command with this project's own tools first on PATH. */
function run([file, ...args], { isQuiet = false, env = {} } = {}) {
  const all = { ...process.env, PATH: `${BIN}${delimiter}${process.env.PATH}`, ...env };
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd: ROOT, env: all, stdio: ['ignore', isQuiet ? 'pipe' : 'inherit', isQuiet ? 'pipe' : 'inherit'] });
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    child.once('error', (error) => resolve({ code: -1, output: error.message }));
    child.once('close', (code) => resolve({ code: code ?? -1, output }));
  });
}

/** Generated files that nobody added are a difference as well; git diff does not see them. */
async function noNewGeneratedFiles() {
  const { code, output } = await run(['git', 'ls-files', '--others', '--exclude-standard', '--', ...GENERATED], { isQuiet: true });
  return { code: output.trim() === '' ? code : 1, output };
}

/** Old messages must stay readable from the first release on: compared with the newest tag v*. Before it there is nothing to break. */
async function noBreakingProto() {
  const tag = await run(['git', 'describe', '--tags', '--abbrev=0', '--match', 'v*'], { isQuiet: true });
  if (tag.code !== 0) return { code: 0, output: '' };
  return run(['buf', 'breaking', 'proto', '--against', `.git#tag=${tag.output.trim()},subdir=proto`], { isQuiet: true });
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}
