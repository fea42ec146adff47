// The check that CI runs, and that you run before a commit: all lanes, or the ones you name.
//   node tests/check.mjs               everything
//   node tests/check.mjs unit int      these lanes only
//   node tests/check.mjs fuzz 5000000  so many cases
//
// A lane is one kind of check: lint, types, unit, int, … check/lanes.mjs lists them. As many lanes run side by side as the machine has
// cores; a lane that writes files which the others read (gen) runs alone, and first. Output of a lane is printed when the lane ends (at once
// when you name a single lane); until then a line every 30 s shows what runs.
//
// The log ends with a table of time against budget, the failures by name, and "N passed, N failed": the tests of the lanes that run tests,
// and one for each other lane. The exit code says the same. A lane over its budget is marked and does not fail the check.
import { performance } from 'node:perf_hooks';
import { lanesFor } from './check/lanes.mjs';
import { report } from './check/report.mjs';
import { stopCommands } from './check/run-command.mjs';
import { printUnfinished, runLanes } from './check/run-lanes.mjs';

const args = process.argv.slice(2).filter((arg) => arg !== '--');
const fuzzCases = args.find((arg) => /^\d+$/.test(arg)) ?? process.env.FUZZ_CASES ?? '200000';
const lanes = lanesFor(fuzzCases);
const named = args.filter((arg) => arg !== fuzzCases);

const unknown = named.filter((name) => !Object.hasOwn(lanes, name));
if (unknown.length > 0) {
  console.error(`No lane is called ${unknown.join(', ')}. There are: ${Object.keys(lanes).join(', ')}`);
  process.exit(2);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    stopCommands('SIGTERM');
    printUnfinished();
    process.exit(1);
  });
}

const chosen = Object.entries(lanes)
  .filter(([name, { isNamedOnly }]) => (named.length === 0 ? !isNamedOnly : named.includes(name)))
  .map(([name, lane]) => ({ name, ...lane }));
const startedAt = performance.now();
const results = await runLanes(chosen);
process.exitCode = report(results, (performance.now() - startedAt) / 1000) ? 0 : 1;
