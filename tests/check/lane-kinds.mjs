// The two kinds of lanes. A lane is a function: it takes `print`, which its output goes to, and resolves with its counts
// `{ passed, failed, skipped?, failures? }`.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from './run-command.mjs';

const work = mkdtempSync(join(tmpdir(), 'sallyport-check-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));

/** Makes a lane that passes or fails as a whole, of commands (lists of arguments) or functions like `runCommand`. It prints a failed step. */
export const steps =
  (...all) =>
  async (print) => {
    for (const step of all) {
      const { code, output } = await (typeof step === 'function' ? step() : runCommand(step));
      if (code === 0) continue;
      print(`${typeof step === 'function' ? step.name : step.join(' ')}\n${output}`);
      return { passed: 0, failed: 1 };
    }
    return { passed: 1, failed: 0 };
  };

/** Makes a lane of tests: one project of vitest, whose reporter writes its counts into a file. */
export const tests =
  (project, { options = [], env = {} } = {}) =>
  async (print) => {
    const counts = join(mkdtempSync(join(work, 'lane-')), 'counts.json');
    const { code } = await runCommand(
      ['vitest', 'run', '--project', project, '--reporter', 'default', '--reporter', './tests/closing-line.ts', ...options],
      { env: { TEST_COUNTS_FILE: counts, ...env }, print },
    );
    const { passed = 0, failed = 0, skipped = 0, failures = [] } = readJson(counts);
    // A run that broke before or after its tests is a failure too, and so is one without any test.
    const isBroken = (code !== 0 && failed === 0) || passed + failed === 0;
    if (!isBroken) return { passed, failed, skipped, failures };
    const failure = `vitest ended with ${code} after ${passed} passed tests`;
    print(`${failure}\n`);
    return { passed, failed: failed + 1, skipped, failures: [...failures, failure] };
  };

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}
