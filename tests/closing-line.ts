import { writeFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';
import { countsFile } from './config.js';

/** Counts of a test run. */
interface Counts {
  passed: number;
  failed: number;
  skipped: number;
  /** The failures: file, test, and the first line of the error. */
  failures: string[];
}

/**
 * Ends a run with "N passed, N failed". A run that tests/check.mjs started writes the counts and the failures into a file instead.
 * A file that could not be loaded, a failed hook and an error outside all tests count as failures.
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const counts: Counts = { passed: 0, failed: 0, skipped: 0, failures: [] };
    for (const module of modules) count(module, counts);
    for (const error of unhandledErrors) fail(counts, 'outside all tests', error);
    const file = countsFile();
    if (file === undefined) process.stdout.write(`${closingLine(counts)}\n`);
    else writeFileSync(file, JSON.stringify(counts));
  }
}

function count(module: TestModule, counts: Counts): void {
  const file = module.relativeModuleId;
  if (module.errors().length > 0) fail(counts, file, module.errors()[0]);
  for (const suite of module.children.allSuites()) {
    if (suite.errors().length > 0) fail(counts, `${file} > ${suite.fullName}`, suite.errors()[0]);
  }
  for (const test of module.children.allTests()) {
    const { state, errors } = test.result();
    if (state === 'passed') counts.passed += 1;
    else if (state === 'failed') fail(counts, `${file} > ${test.fullName}`, errors[0]);
    else counts.skipped += 1;
  }
}

function fail(counts: Counts, what: string, error: SerializedError | undefined): void {
  const [firstLine] = stripVTControlCharacters(error?.message ?? 'no error was given')
    .trim()
    .split('\n');
  counts.failed += 1;
  counts.failures.push(`${what}: ${firstLine}`);
}

function closingLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
