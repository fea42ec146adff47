/** Returns the file into which a test run writes its counts; undefined when it is not run by tests/check.mjs. */
export function countsFile(): string | undefined {
  return process.env['TEST_COUNTS_FILE'] || undefined;
}
